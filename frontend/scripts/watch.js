/**
 * Follows the registration while the page is looked at. The API says cheaply whether there is
 * news; only then the page is asked for again, and its live parts take the place of the old.
 */

import { main, replaceContent, replaceMain, whose } from "./carry.js";
import { announce, say, silence, words } from "./notice.js";

const SOON = 3000;
const LATER = 10000;
const SELDOM = 30000;

/** The address of this page, also when it stands at the address a form was posted to. */
function here() {
  const page = main().dataset.page ?? location.pathname;
  return page === location.pathname ? location.href : page;
}

/**
 * What the server calls the page's key (chalicelib/web/pages/steps.py).
 * @param {any} registration
 */
function key({ reference, state, expected_at, resend_available_at, delivery }) {
  const counts = [delivery.history.length, delivery.advice.length];
  return [reference, state, expected_at, resend_available_at, delivery.state, ...counts].join();
}

/**
 * This page as it is now; null when there is none, or it is on its way to another.
 * @returns {Promise<Document | null>}
 */
async function fetched() {
  const answer = await fetch(here(), { headers: { Accept: "text/html" } });
  if (answer.redirected) location.replace(answer.url);
  if (answer.redirected || !answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/**
 * Put the whole page as it is now in the place of this one, with what was typed: what it said
 * before, a problem perhaps, is over.
 * @returns {Promise<boolean>} whether it was there
 */
export async function renew() {
  const fresh = await fetched();
  return fresh !== null && replace(fresh);
}

/** @param {Document} fresh */
function replace(fresh) {
  const content = fresh.querySelector("main");
  if (!content) return false;
  document.title = fresh.title;
  replaceMain(content);
  return true;
}

/** There is news that could not be fetched: the next look fetches it. */
export function unseen() {
  main().dataset.key = whose(main());
  main().dataset.moving = "";
}

/** @param {ParentNode} page */
function shape(page) {
  const [content] = page.querySelectorAll("main");
  const [whole] = page.querySelectorAll("[data-shape]");
  return (content ? whose(content) : "") + (whole instanceof HTMLElement ? whole.dataset.shape : "");
}

/**
 * Replace the live parts of the page, or all of it where its parts are others by now, or the
 * registration is, or go where that is.
 */
async function refresh() {
  const fresh = await fetched();
  if (!fresh) return;
  if (shape(fresh) !== shape(document)) {
    // What screen readers listen to goes with the rest: the notice, which stays, says it.
    const news = fresh.querySelector(".banner p") ?? fresh.querySelector("h1");
    if (replace(fresh) && news) announce(spoken(news));
    return;
  }
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const old = document.getElementById(part.id);
    if (old) replaceContent(old, part);
  }
  const data = fresh.querySelector("main")?.dataset;
  main().dataset.key = data?.key ?? "";
  if (data && "moving" in data) main().dataset.moving = "";
  else delete main().dataset.moving;
}

/**
 * The words alone: a screen reader would say each reading twice.
 * @param {Element} element
 */
function spoken(element) {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const reading of copy.querySelectorAll("rt, rp")) reading.remove();
  return (copy.textContent ?? "").trim();
}

/** @param {string | null} date by the server's clock: this device's may be wrong */
function looked(date) {
  const place = document.getElementById("looked");
  if (!place || !date) return;
  const options = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hour12: false });
  place.textContent = new Date(date).toLocaleTimeString("ja-JP", {
    ...options, timeZone: "Asia/Tokyo",
  });
}

/** What is seen may be old; a form that waits for the connection has said more than that. */
function doubt() {
  if (!document.querySelector("form[aria-busy]")) say("offline");
}

async function look() {
  const current = main().dataset.current;
  if (!current || document.hidden) return;
  try {
    const answer = await fetch(current, { headers: { Accept: "application/json" } });
    if (answer.status !== 404 && !answer.ok) return;
    const now = answer.ok ? key(await answer.json()) : "";
    if (now !== main().dataset.key) await refresh();
    looked(answer.headers.get("Date"));
    silence(words("offline"));
  } catch {
    // The next look comes by itself.
    doubt();
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
  window.addEventListener("offline", doubt);
  window.addEventListener("online", () => {
    silence(words("offline"));
    void again();
  });
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
