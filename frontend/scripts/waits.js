/**
 * Counts down where something must wait, and holds the button of the same form until then.
 * The page says how many seconds are left, not until when: a phone's clock may be wrong.
 */

/** When each wait ends, by this device's clock. @type {WeakMap<Element, number>} */
const ends = new WeakMap();
let ticking = 0;

/** Begin or go on counting for every wait in the page. */
export function count() {
  clearTimeout(ticking);
  let left = 0;
  for (const hint of document.querySelectorAll("[data-seconds]")) {
    if (hint instanceof HTMLElement) left = Math.max(left, tick(hint));
  }
  if (left > 0) ticking = window.setTimeout(count, 1000);
}

/**
 * @param {HTMLElement} hint
 * @returns {number} seconds left
 */
function tick(hint) {
  const end = ends.get(hint) ?? Date.now() + Number(hint.dataset.seconds) * 1000;
  ends.set(hint, end);
  const left = Math.ceil((end - Date.now()) / 1000);
  const button = hint.closest("form")?.querySelector("button:not([type=button])");
  if (left <= 0) {
    hint.remove();
    button?.removeAttribute("aria-disabled");
  } else {
    const { one, short, text } = hint.dataset;
    const words = left === 1 ? one : left < 60 ? short : text;
    hint.textContent = (words ?? "")
      .replace("{m}", String(Math.floor(left / 60)))
      .replace("{ss}", String(left % 60).padStart(2, "0"))
      .replace("{s}", String(left));
    button?.setAttribute("aria-disabled", "true");
  }
  return left;
}
