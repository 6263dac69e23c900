// Calls of the public API.

const ORIGIN = document.querySelector('meta[name="api"]').content;
const PATIENCE = 15_000;
const PAUSE = 800;

/** A call that did not succeed: `status` is 0 when no answer came, `slug` the name of the problem where there is one. */
export class Problem extends Error {
  constructor(status, body) {
    super(`status ${status}`);
    this.status = status;
    this.slug = body?.type?.split("/").filter(Boolean).at(-1) ?? null;
    this.detail = body?.detail ?? null;
    this.errors = body?.errors ?? [];
    this.recipients = body?.recipients ?? [];
    this.missing = body?.missing ?? [];
    this.handler = body?.handler ?? null;
  }
}

/** Call the API and give the body of its answer; every call here is safe to repeat, so a lost one is tried once more. */
export async function call(path, { method = "GET", headers = {}, body } = {}) {
  try {
    return await once(path, { method, headers, body });
  } catch (problem) {
    if (problem.status !== 0 && problem.status !== 503) throw problem;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    return once(path, { method, headers, body });
  }
}

/** Call the API a single time; `Problem` of status 0 where no answer came. */
export async function once(path, { method = "GET", headers = {}, body } = {}) {
  let answer;
  try {
    answer = await fetch(`${ORIGIN}${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Problem(0, null);
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => null);
  if (!answer.ok || content === null) throw new Problem(answer.status, content);
  return content;
}
