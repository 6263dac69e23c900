// The draft: what was typed, kept in the tab's own storage, so that neither reload nor a dead network loses any of it.

const PLACE = "familjehem.draft";
const FORM = 1;

let kept = null;
let stored = true;

/** What a new application begins with; `key` makes sure that it is received once, however often it is sent. */
function fresh(version) {
  return {
    form: FORM,
    key: crypto.randomUUID(),
    version,
    raw: {},
    municipalities: [],
    visited: [],
    cleared: false,
    campaign: null,
    tried: null,
    receipt: null,
  };
}

/** Give the draft of this tab, or a new one for `version`. */
export function draft(version) {
  kept ??= read() ?? fresh(version);
  return kept;
}

/** Whether this tab holds something that somebody typed or sent. */
export function begun() {
  return kept !== null && (kept.cleared || kept.receipt !== null || Object.keys(kept.raw).length > 0);
}

/** Whether the browser lets us keep it: false where storage is forbidden or full. */
export function isStored() {
  return stored;
}

/** Keep what stands in the draft now. */
export function keep() {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(kept));
    stored = true;
  } catch {
    // What an earlier moment left there would come back in place of what is typed now.
    discard();
    stored = false;
  }
  return stored;
}

/** Put another draft in its place, such as one from a file. */
export function replace(other) {
  kept = other;
  return keep();
}

/** Forget everything that this tab holds of the service. */
export function wipe(version) {
  kept = fresh(version);
  discard();
}

/** A new key: what is sent from now on is another application. */
export function renew() {
  kept.key = crypto.randomUUID();
  kept.tried = null;
  kept.receipt = null;
  keep();
}

/** Whether something read from storage or a file has the shape of a draft. */
export function isDraft(found) {
  return (
    isObject(found) &&
    found.form === FORM &&
    typeof found.key === "string" &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(found.key) &&
    typeof found.version === "string" &&
    /^\d{4}-\d{1,3}$/.test(found.version) &&
    isObject(found.raw) &&
    Array.isArray(found.visited) &&
    Array.isArray(found.municipalities) &&
    found.municipalities.every((each) => isObject(each) && typeof each.code === "string" && Array.isArray(each.assignments))
  );
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read() {
  try {
    const found = JSON.parse(sessionStorage.getItem(PLACE));
    return isDraft(found) ? found : null;
  } catch {
    return null;
  }
}

function discard() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("familjehem.")) sessionStorage.removeItem(name);
  } catch {
    stored = false;
  }
}
