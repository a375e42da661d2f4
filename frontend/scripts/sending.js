/**
 * Sends the page's forms without leaving the page: once, however often the button is pressed,
 * and again by itself while there is no connection. Success goes on to the form's `data-next`;
 * a refusal is the same page from the server, whose content takes the place of ours.
 */

import { replaceMain } from "./carry.js";
import { forget } from "./drafts.js";
import { announce, say, words } from "./notice.js";
import { renew, unseen } from "./watch.js";

const PAUSES = [1, 2, 4, 8, 15, 30];
const LONGEST = 30000;
/** Tries while the service is busy; without a connection there is no limit. */
const MOST = 5;
let sending = false;
/** Ends the pause before the next try. */
let hurry = () => {};

/** @param {() => void} dress called after the page's content was replaced */
export function listen(dress) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.next) return;
    event.preventDefault();
    hurry();
    if (sending) return;
    if (form.querySelector("[aria-disabled]")) {
      // Enter, or a button that only looks locked: whoever pressed it hears for how long.
      return announce(form.querySelector("[data-seconds]")?.textContent ?? "");
    }
    sending = true;
    send(form, dress).catch(() => form.submit()).finally(() => {
      sending = false;
      form.removeAttribute("aria-busy");
    });
  });
  window.addEventListener("online", () => hurry());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sending = false;
    say("");
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} dress
 */
async function send(form, dress) {
  form.setAttribute("aria-busy", "true");
  say("sending");
  let proof = "";
  let unanswered = false;
  for (let tries = 0; ; tries++) {
    const answer = await post(form, proof);
    unanswered ||= !answer || answer.status > 500;
    if (!answer || (answer.status > 500 && tries < MOST)) {
      say(answer ? "busy" : "lost");
      const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 1;
      await rest(Math.max(pause, Number(answer?.headers.get("Retry-After") ?? 0)));
      continue;
    }
    // What a lost answer was to is in the way of its own repetition.
    const arrived = unanswered && answer.status === 429 && "stay" in form.dataset;
    if (answer.type === "opaqueredirect" || arrived) return arrive(form, dress);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("main");
    if (!content) {
      // Not from the service but from what stands before it, which knows neither page nor language.
      if ([413, 429, 502, 503, 504].includes(answer.status)) return say("refused");
      throw new Error("no page");
    }
    const challenge = content.querySelector("[data-challenge]");
    if (challenge instanceof HTMLElement && !proof) {
      say("proof");
      const { solve } = await import("./proof.js");
      proof = await solve(JSON.parse(challenge.dataset.challenge ?? ""));
      continue;
    }
    say("");
    document.title = page.title;
    replaceMain(content, form);
    return dress();
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} proof
 * @returns {Promise<Response | null>} null without a connection
 */
async function post(form, proof) {
  const body = new URLSearchParams();
  new FormData(form).forEach((value, name) => body.append(name, String(value)));
  // That the field is there says that this page can solve a challenge.
  if ("proof" in form.dataset && crypto.subtle) body.set("altcha", proof);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), LONGEST);
  const headers = { Accept: "text/html" };
  try {
    return await fetch(form.action, {
      method: "POST", body, headers, redirect: "manual", signal: giveUp.signal,
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} dress
 */
async function arrive(form, dress) {
  forget();
  if ("stay" in form.dataset) {
    const { action } = form;
    if (await renew().catch(() => false)) {
      dress();
      for (const again of document.forms) {
        if (again.action === action) again.querySelector("button")?.focus();
      }
    } else {
      unseen();
    }
    announce(words("accepted"));
    document.dispatchEvent(new Event("todoku:sent"));
  } else {
    location.assign(form.dataset.next ?? "");
    // Until the next page is there, nothing is sent a second time.
    await new Promise(() => {});
  }
}

/** @param {number} seconds */
function rest(seconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    hurry = () => {
      clearTimeout(timer);
      resolve(undefined);
    };
  });
}
