// What is being written about a letter: kept in this tab by the letter's number until it is saved or somebody signs out.

const PREFIX = "familjehem.mailbox.note.";

function read(number) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + number)) ?? {};
  } catch {
    return {};
  }
}

function write(number, note) {
  const empty = !note.text && !note.pending;
  try {
    if (empty) sessionStorage.removeItem(PREFIX + number);
    else sessionStorage.setItem(PREFIX + number, JSON.stringify(note));
  } catch {
    // A tab that keeps nothing still has the words in their field.
  }
}

/** The words that were typed and not saved. */
export function typed(number) {
  return read(number).text ?? "";
}

/** Keep what is typed. */
export function type(number, text) {
  write(number, { ...read(number), text });
}

/** The key to send something with: the same as before, if the same was sent and nobody knows what came of it. */
export function keyOf(number, kind, body) {
  const what = JSON.stringify([kind, body]);
  const { pending } = read(number);
  if (pending?.what === what) return pending.key;
  const key = crypto.randomUUID();
  write(number, { ...read(number), pending: { what, key } });
  return key;
}

/** It was saved or refused: the key is spent, and so are the words where they went along. */
export function settled(number, words = false) {
  write(number, { text: words ? "" : read(number).text });
}
