/**
 * What was typed, kept in this tab while the language is changed or the page is loaded again.
 * Only fields that ask for it with `data-keep`: never a code or a password.
 */

/** @returns {HTMLInputElement[]} */
function kept() {
  return [...document.querySelectorAll("input")].filter((input) => "keep" in input.dataset);
}

/** Put back what was typed and not sent yet: into what is empty, or over the address to correct. */
export function restore() {
  for (const input of kept()) {
    if (!input.value || input.dataset.keep === "over") input.value = read(input.name) || input.value;
  }
}

/** Forget what was typed: it was sent. */
export function forget() {
  for (const input of kept()) store(input.name, "");
}

document.addEventListener("input", (event) => {
  const input = event.target;
  if (input instanceof HTMLInputElement && "keep" in input.dataset) store(input.name, input.value);
});

/** @param {string} name */
function read(name) {
  try {
    return sessionStorage.getItem(`draft:${name}`) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function store(name, value) {
  try {
    sessionStorage.setItem(`draft:${name}`, value);
  } catch {
    // Storage is full or forbidden: the page works without.
  }
}
