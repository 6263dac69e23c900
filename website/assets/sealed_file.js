// A draft as a file, sealed with a passphrase in the browser (PBKDF2, AES-256-GCM): without the phrase it is noise.

const FORMAT = "familjehemsverige-utkast";
const VERSION = 1;
const ITERATIONS = 600_000;
const LARGEST = 1_000_000;

/** A file that is none of ours, or a phrase that does not open it: the two cannot be told apart for certain. */
export class Unreadable extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** Give the file's content for something that JSON can hold. */
export async function sealed(content, phrase) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(phrase, salt, ITERATIONS);
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: header() }, key, plain);
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    iterations: ITERATIONS,
    salt: written(salt),
    nonce: written(nonce),
    data: written(new Uint8Array(data)),
  });
}

/** Give what a file holds; `Unreadable` says `file` for what is none of ours, `phrase` for one that the phrase does not open. */
export async function opened(text, phrase) {
  let read;
  try {
    if (text.length > LARGEST) throw new Error("too large");
    read = JSON.parse(text);
    if (read.format !== FORMAT || read.version !== VERSION) throw new Error("another format");
    // Somebody else's file must not keep the browser busy for ever.
    if (!Number.isInteger(read.iterations) || read.iterations < 100_000 || read.iterations > 5_000_000) {
      throw new Error("another format");
    }
    read.salt = bytes(read.salt);
    read.nonce = bytes(read.nonce);
    read.data = bytes(read.data);
  } catch {
    throw new Unreadable("file");
  }
  try {
    const key = await keyOf(phrase, read.salt, read.iterations);
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: read.nonce, additionalData: header() },
      key,
      read.data,
    );
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    throw new Unreadable("phrase");
  }
}

function header() {
  return new TextEncoder().encode(`${FORMAT}/${VERSION}`);
}

async function keyOf(phrase, salt, iterations) {
  // The same letters can be written in several ways; another device may write them in the other.
  const words = new TextEncoder().encode(phrase.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function written(some) {
  let text = "";
  for (const byte of some) text += String.fromCharCode(byte);
  return btoa(text);
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
