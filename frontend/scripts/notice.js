/** The line at the foot of a page that says what is under way. Its sentences stand in its data. */

/** How long an acknowledgement stands before it is no news any more. */
const SHORTLY = 5000;

/**
 * Say something that is no news any more after a while.
 * @param {string} sentence
 */
export function announce(sentence) {
  tell(sentence);
  setTimeout(() => silence(sentence), SHORTLY);
}

/**
 * Take a sentence back, if it still stands there.
 * @param {string} sentence
 */
export function silence(sentence) {
  if (document.getElementById("notice")?.textContent === sentence) tell("");
}

/** @param {string} what names one of the notice's sentences */
export function words(what) {
  return document.getElementById("notice")?.dataset[what] ?? "";
}

/** @param {string} what one of the notice's sentences, or "" */
export function say(what) {
  tell(words(what));
}

/** @param {string} sentence */
function tell(sentence) {
  const notice = document.getElementById("notice");
  if (notice && notice.textContent !== sentence) notice.textContent = sentence;
}
