/**
 * Says of a password that is being typed which of the page's rules it keeps, and roughly how soon
 * it would be guessed. A hint and no more: the server decides (chalicelib/identity/passwords.py),
 * which knows far more words than would be worth loading here.
 */

const WORDS =
  /^(password|(qwert|asdf|zxcv)[a-z]*|iloveyou|welcome|dragon|himitsu|sakura|arigatou?|daisuki|doraemon|pikachu|goukaku|juken|koukou|tokyo|japan|さくら|ありがとう|パスワード|ひみつ|合格|高校|受験|桜)+$/;
/** Letters beside the service's name that make a password something else than that name. */
const OWN = 8;
/** Characters from which on more of them are no news. */
const LONG = 14;
/** A reader is told once the typing rests, not at each key. */
const REST = 800;
let resting = 0;

document.addEventListener("input", (event) => {
  const field = event.target;
  const rules = document.getElementById("password-hint");
  const strength = document.getElementById("strength");
  if (!(field instanceof HTMLInputElement) || field.id !== "password" || !rules || !strength) return;
  const plain = field.value.normalize("NFKC").trim().toLowerCase();
  const { length } = [...plain];
  const met = [
    length >= Number(rules.dataset.shortest),
    length > 0 && !isOwn(plain, rules.dataset),
    length > 0 && !isGuess(plain),
  ];
  met.forEach((is, n) => rules.children[n]?.classList.toggle("met", is));
  clearTimeout(resting);
  resting = window.setTimeout(() => {
    const level = met.includes(false) ? "soon" : length < LONG ? "longer" : "good";
    const words = length ? strength.dataset[level] ?? "" : "";
    if (strength.textContent !== words) strength.textContent = words;
  }, REST);
});

/**
 * Whether it is built on the applicant's address or on what the service calls itself.
 * @param {string} plain
 * @param {DOMStringMap} own
 */
function isOwn(plain, { address = "", names = "" }) {
  const local = address.slice(0, address.lastIndexOf("@"));
  if (plain === local || (local.length > 3 && plain.includes(local))) return true;
  let rest = plain;
  for (const name of names.split(" ")) if (name.length > 3) rest = rest.replaceAll(name, "");
  return rest !== plain && letters(rest).length < OWN;
}

/**
 * Whether it is a word that many use, one thing again and again, or a row of neighbours.
 * @param {string} plain
 */
function isGuess(plain) {
  const points = [...plain].map((sign) => sign.codePointAt(0) ?? 0);
  const steps = points.slice(1).map((point, n) => point - (points[n] ?? 0));
  const even = steps.filter((step, n) => n > 0 && step * step < 2 && step === steps[n - 1]);
  return (
    new Set(points).size < 4 ||
    /^(.{1,6})\1+.?$/u.test(plain) ||
    even.length * 2 > steps.length ||
    (points.length < 12 && !letters(plain)) ||
    WORDS.test(letters(plain)) || WORDS.test(plain)
  );
}

/** @param {string} text */
function letters(text) {
  return text.replace(/[^\p{L}]/gu, "");
}
