// Who is signed in: authorization code with PKCE at the sign-in pages, short tokens, and a way out everywhere. What the
// client needs on its way there and back, and the tokens, live in this tab's session storage and go with it.

import { ErrorResponse, OidcClient, WebStorageStateStore } from "./oidc_client.js";

const PLACE = "/brevlada/sign-in.json";
const HOME = "/brevlada/";
const PREFIX = "familjehem.mailbox.";
const KEY = `${PREFIX}session`;
const CHOSEN = `${PREFIX}recipient`;
const ME = `${PREFIX}me`;
const LAST = `${PREFIX}last`;
const SOON = 60;
let client = null;
let renewing = null;

/** Nobody is signed in, or no longer is; `expired` tells which. */
export class SignedOut extends Error {
  constructor(expired) {
    super("signed out");
    this.expired = expired;
  }
}

/** The sign-in could not be begun or finished. */
export class SignInFailed extends Error {}

async function told() {
  let answer;
  try {
    answer = await fetch(PLACE, { credentials: "omit", referrerPolicy: "no-referrer" });
    return await answer.json();
  } catch {
    throw new SignInFailed("how one signs in is not told");
  }
}

async function oidc() {
  if (client) return client;
  const { issuer, client: id, hosted } = await told();
  const home = `${location.origin}${HOME}`;
  client = new OidcClient({
    authority: issuer,
    client_id: id,
    redirect_uri: home,
    scope: "openid email",
    response_type: "code",
    loadUserInfo: false,
    requestTimeoutInSeconds: 15,
    stateStore: new WebStorageStateStore({ prefix: `${PREFIX}oidc.`, store: sessionStorage }),
    metadata: {
      issuer,
      authorization_endpoint: `${hosted}/oauth2/authorize`,
      token_endpoint: `${hosted}/oauth2/token`,
    },
  });
  client.leave = `${hosted}/logout?${new URLSearchParams({ client_id: id, logout_uri: home })}`;
  return client;
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function wipe() {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  }
}

function keep(response) {
  sessionStorage.setItem(LAST, response.profile.sub);
  sessionStorage.setItem(
    KEY,
    JSON.stringify({
      access: response.access_token,
      refresh: response.refresh_token,
      id: response.id_token,
      scope: response.scope,
      profile: { sub: response.profile.sub },
      until: response.expires_at,
    }),
  );
}

/** The id of whoever is signed in, or null. */
export function person() {
  return kept()?.profile.sub ?? null;
}

/** Go to the sign-in pages, and come back to `place` of this site afterwards. */
export async function begin(place) {
  const found = await oidc();
  await found.clearStaleState();
  let request;
  try {
    request = await found.createSigninRequest({ state: { place } });
  } catch {
    throw new SignInFailed("the sign-in cannot be begun");
  }
  location.assign(request.url);
}

/** Whether the sign-in pages have just sent somebody back here. */
export function returns() {
  const query = new URLSearchParams(location.search);
  return query.has("state") && (query.has("code") || query.has("error"));
}

/** Turn the code into tokens, take it out of the address, and give the place where the sign-in began. */
export async function finish() {
  const address = location.href;
  history.replaceState(null, "", location.pathname);
  let response;
  try {
    response = await (await oidc()).processSigninResponse(address);
  } catch (error) {
    if (error instanceof ErrorResponse && error.error === "access_denied") throw new SignedOut(false);
    throw new SignInFailed("the sign-in cannot be finished");
  }
  // What somebody else had typed in this tab is not for whoever comes now.
  if (sessionStorage.getItem(LAST) !== response.profile.sub) wipe();
  keep(response);
  const place = response.userState?.place;
  // Only to a page of the mailbox, whatever the state says.
  return typeof place === "string" && /^\/brevlada\/(?:[a-z]+\/)?(?:#[0-9A-Za-z-]*)?$/.test(place) ? place : HOME;
}

/** Give an access token that holds for a while yet; `renewed` asks for a new one. `SignedOut` where there is none. */
export async function token(renewed = false) {
  const session = kept();
  if (!session) throw new SignedOut(false);
  if (!renewed && session.until - Date.now() / 1000 > SOON) return session.access;
  renewing ??= renew(session).finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renew(session) {
  if (!session.refresh) throw new SignedOut(true);
  let response;
  try {
    const found = await oidc();
    const { refresh: refresh_token, id: id_token, scope, profile } = session;
    response = await found.useRefreshToken({ state: { refresh_token, id_token, scope, profile } });
  } catch (error) {
    if (error instanceof ErrorResponse) {
      forget();
      throw new SignedOut(true);
    }
    // No answer: whoever holds a token that is good yet goes on with it.
    if (session.until > Date.now() / 1000) return session.access;
    throw error;
  }
  response.refresh_token ??= session.refresh;
  keep(response);
  return response.access_token;
}

/** Forget the tokens; what was typed stays, for whoever signs in again. */
export function forget() {
  sessionStorage.removeItem(KEY);
}

/** Forget all that the tab keeps of the mailbox, and leave the sign-in pages too. */
export async function leave() {
  wipe();
  const found = await oidc().catch(() => null);
  location.assign(found?.leave ?? HOME);
}

/** Who one is and where, as the API last told in this tab, or null. */
export function introduced() {
  try {
    const known = JSON.parse(sessionStorage.getItem(ME));
    return known?.person.id === person() ? known : null;
  } catch {
    return null;
  }
}

/** Keep who one is and where. */
export function introduce(me) {
  sessionStorage.setItem(ME, JSON.stringify(me));
}

/** The recipient that was chosen in this tab, or null. */
export function chosen() {
  return sessionStorage.getItem(CHOSEN);
}

/** Choose a recipient for this tab. */
export function choose(recipient) {
  sessionStorage.setItem(CHOSEN, recipient);
}
