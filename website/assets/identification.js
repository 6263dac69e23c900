// E-identification for the application form: whether it is needed, the way to the provider and back, and who came back.
//
// The form calls required(), of(role) and begin(role, draft); the page of return calls finish(). Everything lives in this
// tab's session storage and is gone with the tab:
//
//   familjehem.identification.applicant     who identified, as JSON:
//   familjehem.identification.coApplicant   {identification, role, name, identityNumber, level, provider, expiresAt, draft}
//   familjehem.identification.begun         the way under way: {role, draft, state, back}
//
// `identification` is what POST /api/applications takes as identifications.<role>. It holds for the draft that it was
// begun for, and for a day; `draft` is the UUID that will be the Idempotency-Key.

import { call } from "./api.js";

const PREFIX = "familjehem.identification.";
const BEGUN = `${PREFIX}begun`;
const ROLES = ["applicant", "coApplicant"];
const BACK = "#kontrollera";
let asked = null;

/** Say whether an application needs an e-identification: {required, provider}. Asked once a page; rejects with Problem. */
export function required() {
  asked ??= call("/api/identification").catch((problem) => {
    asked = null;
    throw problem;
  });
  return asked;
}

/** Give who identified as `role` for this draft, or null; one that is too old for sending counts as none. */
export function of(role, draft) {
  const found = read(`${PREFIX}${role}`);
  const holds = found && found.draft === draft && Date.parse(found.expiresAt) > Date.now();
  return holds ? found : null;
}

/** Give the member `identifications` of an application, or undefined where nobody has identified. */
export function tokens(draft) {
  const found = ROLES.map((role) => [role, of(role, draft)?.identification]).filter(([, token]) => token);
  return found.length ? Object.fromEntries(found) : undefined;
}

/** Forget who identified: one role, or everybody and the way under way. */
export function forget(role) {
  for (const each of role ? [role] : [...ROLES, "begun"]) sessionStorage.removeItem(`${PREFIX}${each}`);
}

/**
 * Leave for the provider. Save the draft first: this page goes away. Afterwards the person stands at `back`, with of(role)
 * filled in. Rejects with Problem, and nothing has happened then; `identification-unavailable` is worth another try.
 */
export async function begin(role, draft, back = `${location.pathname}${BACK}`) {
  const language = document.documentElement.lang;
  const started = await call("/api/identification/start", { method: "POST", body: { role, draft, language } });
  const address = new URL(started.authorizationUrl);
  if (!["https:", "http:"].includes(address.protocol)) throw new Error("no address of a provider");
  sessionStorage.setItem(BEGUN, JSON.stringify({ role, draft, state: started.state, back }));
  location.assign(address.href);
}

/** Give the way under way: {role, draft, state, back}, or null. */
export function begun() {
  return read(BEGUN);
}

/**
 * Finish with what the provider sent the person back with (`location.search`). Gives {role, back}; rejects with a
 * Refusal whose `reason` is `lost`, `cancelled` or `failed`, or with Problem of the API.
 */
export async function finish(search) {
  const way = begun();
  const returned = new URLSearchParams(search);
  // Without a way of its own this page was opened by somebody else's link, in another tab, or for the second time.
  if (!way || returned.get("state") !== way.state) throw new Refusal("lost");
  if (returned.has("error")) throw new Refusal(returned.get("error") === "access_denied" ? "cancelled" : "failed");
  const code = returned.get("code");
  if (!code) throw new Refusal("failed");
  const sent = { code, state: way.state, draft: way.draft };
  // A code is good once: to send it again would hide the true answer behind "used".
  const found = await call("/api/identification/finish", { method: "POST", body: sent, again: false });
  sessionStorage.setItem(`${PREFIX}${found.role}`, JSON.stringify({ ...found, draft: way.draft }));
  sessionStorage.removeItem(BEGUN);
  return { role: found.role, back: way.back };
}

/** A way back that led nowhere, before the API was asked. */
export class Refusal extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}
