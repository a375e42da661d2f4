/**
 * Follows the registration while the page is looked at. The API says cheaply whether there is
 * news; only then the page is asked for again, and its live parts take the place of the old.
 */

const SOON = 3000;
const LATER = 10000;
const SELDOM = 30000;

/** @returns {HTMLElement} */
function main() {
  return /** @type {HTMLElement} */ (document.querySelector("main"));
}

/** The address of this page, also when it stands at the address a form was posted to. */
function here() {
  const page = main().dataset.page ?? location.pathname;
  return page === location.pathname ? location.href : page;
}

/**
 * What the server calls the page's key (chalicelib/web/pages/steps.py).
 * @param {any} registration
 */
function key({ state, expected_at, resend_available_at, delivery }) {
  const counts = [delivery.history.length, delivery.advice.length];
  return [state, expected_at, resend_available_at, delivery.state, ...counts].join();
}

/** Ask for this page again and replace its live parts, or go where the registration is. */
export async function refresh() {
  const answer = await fetch(here(), { headers: { Accept: "text/html" } });
  if (answer.redirected) return location.replace(answer.url);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const old = document.getElementById(part.id);
    if (old && old.innerHTML !== part.innerHTML) old.innerHTML = part.innerHTML;
  }
  const data = fresh.querySelector("main")?.dataset;
  main().dataset.key = data?.key ?? "";
  if (data && "moving" in data) main().dataset.moving = "";
  else delete main().dataset.moving;
}

async function look() {
  const current = main().dataset.current;
  if (!current || document.hidden) return;
  try {
    const answer = await fetch(current, { headers: { Accept: "application/json" } });
    if (answer.status !== 404 && !answer.ok) return;
    const now = answer.ok ? key(await answer.json()) : "";
    if (now !== main().dataset.key) await refresh();
  } catch {
    // No connection: the next look comes by itself.
  }
}

/** @param {() => void} changed called when live parts may have been replaced */
export function follow(changed) {
  let timer = 0;
  let since = Date.now();

  const again = async () => {
    clearTimeout(timer);
    await look();
    changed();
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    const age = Date.now() - since;
    const pause = age < 60000 ? SOON : age < 600000 ? LATER : SELDOM;
    if (!document.hidden && "moving" in main().dataset) timer = window.setTimeout(again, pause);
  };

  document.addEventListener("visibilitychange", () => void again());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) void again();
  });
  document.addEventListener("todoku:sent", () => {
    since = Date.now();
    changed();
    plan();
  });
  plan();
}
