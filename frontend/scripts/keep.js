/** Copies and prints the number that is to be kept, where this browser can. */

import { announce } from "./notice.js";

for (const button of document.querySelectorAll("[data-copy], [data-print]")) {
  button.removeAttribute("hidden");
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  else if (button.dataset.copy) void copy(button.dataset.copy, button.dataset.copied ?? "");
});

/**
 * @param {string} number
 * @param {string} copied what is said then
 */
async function copy(number, copied) {
  try {
    await navigator.clipboard.writeText(number);
    announce(copied);
  } catch {
    // Forbidden here. The number is marked, for the browser's own menu.
    const shown = document.querySelector(".number");
    if (shown) getSelection()?.selectAllChildren(shown);
  }
}
