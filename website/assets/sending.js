// Sends an application: with its key, again by itself while the network is away, until it is known what became of it.

import { call, once, Problem } from "./api.js";

const PAUSES = [1000, 2000, 4000, 8000];
const SPENT = "challenge-refused";

let waiting = null;

/** Ask for a challenge ahead of time, so that its work is done when the applicant presses send. */
export function prepare() {
  waiting ??= solved().catch(() => null);
}

/** Send, and give the receipt. `tell(attempt)` hears of every try; a `Problem` says why it was refused or never answered. */
export async function send(body, key, tell) {
  for (let attempt = 0; ; attempt += 1) {
    tell(attempt + 1);
    try {
      return await sentOnce(body, key);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // What is not a problem of ours (a gateway's own 5xx) leaves the outcome as unknown as silence does.
      const unknown = problem.status === 0 || problem.status >= 500;
      const worn = problem.slug === SPENT && attempt === 0;
      if (!(unknown || worn) || attempt >= PAUSES.length) throw problem;
      if (unknown) await pause(PAUSES[attempt]);
    }
  }
}

async function sentOnce(body, key) {
  const challenge = await (waiting ?? solved().catch(() => null));
  waiting = null;
  return once("/api/applications", {
    method: "POST",
    headers: { "idempotency-key": key },
    body: challenge ? { ...body, challenge } : body,
  });
}

/** Wait; shorter where the browser says that the network is back. */
function pause(time) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      resolve();
    };
    const timer = setTimeout(over, time);
    window.addEventListener("online", over);
  });
}

/** Give a solved proof of work as the API takes it; null where none is asked for. */
async function solved() {
  const asked = await call("/api/challenge");
  if (!asked.challenge) return null;
  const { algorithm, challenge, salt, signature, maxNumber: largest } = asked;
  const wanted = challenge.toLowerCase();
  const encoder = new TextEncoder();
  for (let first = 0; first <= largest; first += 500) {
    const numbers = Array.from({ length: Math.min(500, largest - first + 1) }, (_, index) => first + index);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(salt + number))),
    );
    const found = digests.findIndex((digest) => hex(digest) === wanted);
    if (found !== -1) {
      return btoa(JSON.stringify({ algorithm, challenge, number: numbers[found], salt, signature }));
    }
  }
  return null;
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
