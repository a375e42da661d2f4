/**
 * What a page does beyond what it does without scripts: forms are sent without leaving the
 * page, what was typed survives a change of language, waits are counted down, and the page
 * follows the mail. Everything listens on the document, because parts of the page are replaced.
 */

import { restore } from "./drafts.js";
import { listen } from "./sending.js";
import { count } from "./waits.js";
import { follow } from "./watch.js";

/** Called again for whatever was put into the page. */
export function dress() {
  restore();
  for (const button of document.querySelectorAll("[data-reveal]")) {
    button.removeAttribute("hidden");
  }
  document.getElementById("problem")?.focus();
  count();
}

document.addEventListener("click", (event) => {
  const button = event.target;
  if (!(button instanceof HTMLButtonElement) || !button.dataset.reveal) return;
  const input = document.getElementById(button.dataset.reveal);
  if (!(input instanceof HTMLInputElement)) return;
  input.type = input.type === "password" ? "text" : "password";
  const other = button.textContent ?? "";
  button.textContent = button.dataset.hide ?? "";
  button.dataset.hide = other;
});

document.documentElement.classList.add("js");
listen(dress);
follow(count);
dress();
