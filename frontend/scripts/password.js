/**
 * Says of a password that is being typed which of the page's rules it keeps, and roughly how soon
 * it would be guessed. A hint and no more: the server decides (chalicelib/identity/passwords.py).
 * The words that many people use are too many to load, so that rule is never ticked; it is crossed
 * out where the server is sure to refuse. What is ticked, it takes.
 */

/** Of zxcvbn's 500 words that are used most. */
const WORD = "(password|qwerty(uiop)?|asdfgh(jkl)?|zxcvbnm|iloveyou|welcome|dragon)";
const ENGLISH = new RegExp(`^${WORD}([^\\p{L}]{0,3}|${WORD})$`, "u");
const WORD_OF_JAPAN =
  "(himitsu|sakura|arigatou?|daisuki|doraemon|pikachu|goukaku|juken|koukou|tokyo|japan|さくら|ありがとう|パスワード|ひみつ|合格|高校|受験|桜)";
const JAPANESE = new RegExp(`^${WORD_OF_JAPAN}(${WORD_OF_JAPAN}?|\\1+)$`);
/** Figures and signs beside Japanese words that do not make them another password. */
const FIGURES = 8;
/** What nobody sees (chalicelib/identity/invisible.py); `trim` leaves much of it. */
const ENDS = /^[\p{Z}\p{Cc}\p{Cf}\p{DI}\u2800\ufffc]+|[\p{Z}\p{Cc}\p{Cf}\p{DI}\u2800\ufffc]+$/gu;
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
  const password = field.value.normalize("NFKC").replace(ENDS, "");
  const { length } = [...password];
  const met = [
    length >= Number(rules.dataset.shortest),
    length > 0 && !isOwn(fold(password), rules.dataset),
  ];
  const guessed = length > 0 && isGuess(password);
  met.forEach((is, n) => rules.children[n]?.classList.toggle("met", is));
  rules.lastElementChild?.classList.toggle("unmet", guessed);
  clearTimeout(resting);
  resting = window.setTimeout(() => {
    const level = guessed || met.includes(false) ? "soon" : length < LONG ? "longer" : "good";
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
  if (address && (plain === local || plain.includes(local.length > 3 ? local : address))) return true;
  let rest = plain;
  for (const name of fold(names).split(/\s+/)) if (name.length > 3) rest = rest.replaceAll(name, "");
  return rest !== plain && letters(rest).length < OWN;
}

/**
 * Whether it is a word that many use, one thing again and again, or a row of neighbours.
 * @param {string} password
 */
function isGuess(password) {
  const plain = fold(password);
  const words = letters(plain);
  const points = [...password].map((sign) => sign.codePointAt(0) ?? 0);
  const steps = points.slice(1).map((point, n) => point - (points[n] ?? 0));
  const even = steps.filter((step, n) => n > 0 && step * step < 2 && step === steps[n - 1]);
  return (
    new Set(plain).size < 4 ||
    /^((.{1,3})\2+.?|(.{4})\3+)$/u.test(password) ||
    even.length > steps.length - 3 ||
    // In capitals here and there zxcvbn takes it for another word.
    ENGLISH.test(password.slice(0, 1).toLowerCase() + password.slice(1)) ||
    (JAPANESE.test(words) && plain.length - words.length <= FIGURES)
  );
}

/**
 * Much as Python's `casefold`: ß is ss.
 * @param {string} text
 */
function fold(text) {
  return text.normalize("NFKC").toUpperCase().toLowerCase();
}

/** @param {string} text */
function letters(text) {
  return text.replace(/[^\p{L}]/gu, "");
}
