// @ts-check
/**
 * The console without pressing reload: its live parts are asked for again every other second while
 * somebody looks, the list is searched while one types, and codes are copied.
 */

const EVERY = 2000;
const TYPED = 200;

const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
/** What the server said last of each live part: only what changed is put in. */
const known = new Map(parts(document).map((part) => [part.id, part.innerHTML]));
/** Why this page cannot follow: the server is "silent", or what it shows is "gone". */
let lost = "";
let asked = 0;
let answered = 0;

/**
 * @param {Document} page
 * @returns {HTMLElement[]}
 */
function parts(page) {
  return [...page.querySelectorAll("[data-live]")].map((e) => /** @type {HTMLElement} */ (e));
}

async function refresh() {
  const turn = ++asked;
  let page;
  let gone = false;
  try {
    const answer = await fetch(here(), { headers: { Accept: "text/html" } });
    gone = answer.status === 404;
    page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    page = null;
  }
  // An answer that was overtaken is older than what stands here.
  if (turn < answered) return;
  answered = turn;
  if (page) parts(page).forEach(replace);
  const now = page ? "" : gone ? "gone" : "silent";
  if (lost === now) return;
  lost = now;
  const time = new Date().toLocaleTimeString("en-GB", { timeZone: "Asia/Tokyo" });
  notice.textContent = {
    "": "",
    gone: "This is not kept any more: the newest 2,000 mails are, and none when the server stops.",
    silent: `The server does not answer. This page is as it was at ${time} JST by your clock.`,
  }[now];
}

/** This page's address; where a form was posted to has none of its own. */
function here() {
  const current = document.querySelector("nav [aria-current]");
  const own = location.pathname.startsWith("/local/mails/") || location.pathname === "/local/";
  return own || !current ? location.href : /** @type {HTMLAnchorElement} */ (current).href;
}

/**
 * Put a fresh part in, with what was open and focused in the old one. A part in which somebody
 * is marking text, or has a control in hand, waits.
 * @param {HTMLElement} fresh
 */
function replace(fresh) {
  const part = document.getElementById(fresh.id);
  const html = fresh.innerHTML;
  const marked = getSelection();
  if (!part || known.get(fresh.id) === html) return;
  if (marked && !marked.isCollapsed && part.contains(marked.anchorNode)) return;
  if ([...part.querySelectorAll("input, select")].some(inHand)) return;
  const open = [...part.querySelectorAll("details[open]")].map((e) => e.id);
  const focus = part.contains(document.activeElement) && document.activeElement;
  const place = focus && (focus.id ? `#${focus.id}` : copied(focus) || pressed(focus));
  part.innerHTML = html;
  known.set(fresh.id, html);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (place) /** @type {HTMLElement | null} */ (part.querySelector(place))?.focus();
}

/** @param {Element} button */
function copied(button) {
  const text = button.getAttribute("data-copy");
  return text ? `[data-copy="${CSS.escape(text)}"]` : "";
}

/** @param {Element} button */
function pressed(button) {
  const name = button.getAttribute("name");
  const value = button.getAttribute("value");
  return name && value ? `[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]` : "";
}

/**
 * Whether somebody is at a control, or has changed it and not sent it yet.
 * @param {Element} control
 */
function inHand(control) {
  if (control === document.activeElement) return true;
  if (control instanceof HTMLSelectElement) {
    const first = [...control.options].findIndex((it) => it.defaultSelected);
    return control.selectedIndex !== Math.max(first, 0);
  }
  const input = /** @type {HTMLInputElement} */ (control);
  return input.value !== input.defaultValue || input.checked !== input.defaultChecked;
}

document.documentElement.classList.add("scripted");

document.addEventListener("click", async ({ target }) => {
  const button = target instanceof Element && target.closest("[data-copy]");
  if (!button) return;
  const text = button.getAttribute("data-copy") ?? "";
  try {
    await navigator.clipboard.writeText(text);
    notice.textContent = `Copied ${text}.`;
  } catch {
    notice.textContent = "The browser does not allow copying here.";
  }
  setTimeout(() => lost || (notice.textContent = ""), 4000);
});

const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[type=search]"));
let typing = 0;
field?.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const query = field.value.trim();
    history.replaceState(null, "", query ? `?${new URLSearchParams({ q: query })}` : "/local/");
    refresh();
  }, TYPED);
});

/** Unless an answer is still to come: a switch may have made the server slow. */
function look() {
  if (!document.hidden && asked === answered) refresh();
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
