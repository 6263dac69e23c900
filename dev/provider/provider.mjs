// A real OpenID provider (oidc-provider, certified) on loopback, with a page on which a synthetic person is chosen.
//
// Configured by one line of JSON on standard input, and ended when that is closed; it says on standard output when it
// listens. See dev/identities.py.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const told = await new Promise((resolve) => {
  let read = "";
  process.stdin.on("data", (part) => {
    read += part;
    if (read.endsWith("\n")) resolve(JSON.parse(read));
  });
  process.stdin.on("end", () => process.exit(0));
});

const NUMBER = "https://id.oidc.se/claim/personalIdentityNumber";
const persons = new Map(told.persons.map((person) => [person.id, person]));

function key(algorithm) {
  const pair =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: "jwk" }), use: "sig", alg: algorithm, kid: randomUUID() };
}

const provider = new Provider(told.issuer, {
  jwks: { keys: [key("RS256"), key("ES256"), key("PS256")] },
  clients: told.clients,
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
  scopes: ["openid"],
  claims: {
    openid: ["sub"],
    "https://id.oidc.se/scope/naturalPersonInfo": ["name", "given_name", "family_name"],
    "https://id.oidc.se/scope/naturalPersonNumber": [NUMBER],
    acr: null,
    auth_time: null,
  },
  acrValues: told.levels,
  conformIdTokenClaims: told.claimsFromUserinfo,
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "PS256"], clientAuthSigningAlgValues: ["RS256", "ES256"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: [randomUUID()], short: { path: "/" } },
  ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 900, IdToken: told.idTokenSeconds, Interaction: 900, Session: 900 },
  interactions: { url: (_, interaction) => `/legitimera/${interaction.uid}` },
  findAccount: (_, id) => {
    const person = persons.get(id);
    return person && { accountId: id, claims: () => ({ sub: id, name: person.name, [NUMBER]: person.number }) };
  },
  // Nobody is asked for consent: a broker of e-identification does not ask either.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope(ctx.oidc.params.scope);
    await grant.save();
    return grant;
  },
  renderError: (ctx, out) => {
    ctx.type = "html";
    ctx.body = page("Det gick inte", `<p>${escaped(out.error)}: ${escaped(out.error_description ?? "")}</p>`);
  },
});

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

function page(title, body) {
  return `<!DOCTYPE html><html lang="sv"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>body{font:1.1rem/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem}
button{font:inherit;display:block;width:100%;text-align:left;margin:.5rem 0;padding:.8rem;cursor:pointer}</style>
<h1>${title}</h1>${body}</html>`;
}

function choice(uid) {
  const levels = [...told.levels, told.lowLevel]
    .map((level, index) => `<option${index ? "" : " selected"}>${escaped(level)}</option>`)
    .join("");
  const buttons = told.persons
    .map((one) => `<button name="person" value="${escaped(one.id)}">${escaped(one.name)}<br>${escaped(one.number)}</button>`)
    .join("");
  return page(
    "Testlegitimation",
    `<p>Här finns bara påhittade personer, med Skatteverkets testnummer. Inget riktigt e-legitimeringsföretag frågas.</p>
<form method="post" action="/legitimera/${escaped(uid)}"><p><label>Nivå <select name="level">${levels}</select></label></p>
${buttons}<button name="person" value="">Avbryt</button></form>`,
  );
}

async function form(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

async function interaction(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(choice(uid));
    return;
  }
  const sent = await form(request);
  const person = sent.get("person");
  const result = persons.has(person)
    ? { login: { accountId: person, acr: sent.get("level"), remember: false } }
    : { error: "access_denied", error_description: "cancelled" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith("/legitimera/")) return answer(request, response);
  return interaction(request, response).catch(() => {
    response.statusCode = 400;
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(page("Det gick inte", "<p>Börja om från formuläret.</p>"));
  });
});
server.listen(Number(new URL(told.issuer).port), "127.0.0.1", () => console.log("listening"));
