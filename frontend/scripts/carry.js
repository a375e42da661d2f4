/** Keeps what somebody did on a page, when parts of it are replaced: typed, unfolded, focused. */

import { forget } from "./drafts.js";

/** The page's content, which others take the place of. */
export function main() {
  return /** @type {HTMLElement} */ (document.querySelector("main"));
}

/**
 * The reference of the registration that a page is of; there is none where none has begun.
 * @param {HTMLElement} content
 */
export function whose(content) {
  return content.dataset.key?.split(",")[0] ?? "";
}

/**
 * Put `content` in the place of the page's own, with what was done there.
 * @param {HTMLElement} content
 * @param {HTMLFormElement} [sent] the form whose answer `content` is
 */
export function replaceMain(content, sent) {
  // What was typed for another registration is not for this one.
  if (whose(content) === whose(main())) keepTyped(content, sent);
  else forget();
  keepUnfolded(main(), content);
  replace(main(), content, () => main().replaceWith(content));
}

/**
 * Put what is in `fresh` into `old`, which stays: screen readers listen to it.
 * @param {Element} old
 * @param {Element} fresh
 */
export function replaceContent(old, fresh) {
  keepUnfolded(old, fresh);
  if (old.innerHTML !== fresh.innerHTML) {
    replace(old, fresh, () => old.replaceChildren(...fresh.childNodes));
  }
}

/**
 * Only what somebody changed; and an answer knows better than we what its form is to hold.
 * @param {Element} content
 * @param {HTMLFormElement} [sent]
 */
function keepTyped(content, sent) {
  for (const field of main().querySelectorAll("input[id]")) {
    const same = content.querySelector(`#${field.id}`);
    if (!(field instanceof HTMLInputElement) || !(same instanceof HTMLInputElement)) continue;
    const answered = sent && (field.form === sent || same.value);
    if (answered || field.value === field.defaultValue) continue;
    same.value = field.value;
    // What somebody is typing stays in sight.
    const fold = same.closest("details");
    if (fold && field === document.activeElement) fold.open = true;
  }
}

/**
 * @param {Element} old
 * @param {Element} fresh
 */
function keepUnfolded(old, fresh) {
  const before = new Map([...old.querySelectorAll("details")].map((fold) => [name(fold), fold]));
  for (const fold of fresh.querySelectorAll("details")) {
    const same = before.get(name(fold));
    if (same && (same.open || words(same) === words(fold))) fold.open = same.open;
  }
}

/**
 * What it is among the page's folds, whatever it is called by now.
 * @param {Element} fold
 */
function name(fold) {
  return fold.closest("[data-live]")?.id || words(fold);
}

/** @param {Element} fold */
function words(fold) {
  return fold.querySelector("summary")?.textContent ?? "";
}

/**
 * Whoever had something focused in `old` is left at the same thing, or where the page begins.
 * @param {Element} old
 * @param {Element} fresh
 * @param {() => void} put
 */
function replace(old, fresh, put) {
  const focused = document.activeElement;
  if (!focused || focused === old || !old.contains(focused)) return put();
  const same = alike(focused, fresh);
  put();
  if (same instanceof HTMLElement) same.focus();
  if (document.activeElement !== document.body) return;
  const heading = main().querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

/**
 * @param {Element} element
 * @param {Element} fresh
 */
function alike(element, fresh) {
  if (element.id) return fresh.querySelector(`#${element.id}`);
  const fold = element.matches("summary") && element.closest("details");
  return [...fresh.querySelectorAll(element.tagName)].find((other) => {
    if (fold) return other.parentElement && name(other.parentElement) === name(fold);
    return other.textContent === element.textContent;
  });
}
