// What telephone numbers, addresses and identity numbers look like: told beside the field before anything is sent.
// The server judges again; where the two could differ, this one lets through.

const DECORATION = /[\s().\-/\u2010-\u2013]+/g;
const SWEDISH = /^\+46(?:7[02369]\d{7}|(?!7[02369])[1-9]\d{6,8})$/;
const ABROAD = /^\+(?!46|0)\d{7,15}$/;
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/;
const WRITTEN = /^(\d{2})?(\d{6})([-+]?)(\d{4})$/;
const OF_AGE = 18;
const EARLIEST_BIRTH = "1890-01-01";

/** Whether it is a telephone number. */
export function isPhone(written) {
  if (written.length > 40) return false;
  let digits = written.replaceAll("(0)", "").replace(DECORATION, "");
  if (digits.startsWith("00")) digits = `+${digits.slice(2)}`;
  else if (digits.startsWith("0")) digits = `+46${digits.slice(1)}`;
  if (digits.startsWith("+460")) digits = `+46${digits.slice(4)}`;
  return SWEDISH.test(digits) || ABROAD.test(digits);
}

/** Whether it is an e-mail address. */
export function isEmail(written) {
  const address = written.trim();
  const at = address.lastIndexOf("@");
  const local = address.slice(0, Math.max(at, 0));
  if (address.length > 254 || local.length > 64 || !LOCAL_PART.test(local)) return false;
  const domain = address.slice(at + 1).toLowerCase();
  return DOMAIN.test(/^[\x00-\x7f]*$/.test(domain) ? domain : encoded(domain));
}

function encoded(domain) {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return "";
  }
}

/** Whether it is a Swedish postal code. */
export function isPostalCode(written) {
  return written.length <= 10 && /^[1-9]\d{4}$/.test(written.replace(/\s+/g, ""));
}

/** Give an identity number's twelve digits and whether its owner is of age; null for what is none. `today`: YYYY-MM-DD. */
export function identityNumber(written, today) {
  const found = WRITTEN.exec(written.trim().replace(/[ \u00a0]/g, "").replace(/[\u2010-\u2013]/g, "-"));
  if (!found) return null;
  const [, given, short, separator, last] = found;
  const year = Number(today.slice(0, 4));
  const latest = year - ((((year - Number(short.slice(0, 2))) % 100) + 100) % 100) - (separator === "+" ? 100 : 0);
  const century = given ?? String(Math.floor(latest / 100)).padStart(2, "0");
  const born = birth(`${century}${short}`);
  if (!born || born < EARLIEST_BIRTH || born > today || !checks(short + last)) return null;
  const birthday = today.slice(5) < born.slice(5) ? 1 : 0;
  return { digits: `${century}${short}${last}`, ofAge: year - Number(born.slice(0, 4)) - birthday >= OF_AGE };
}

function birth(digits) {
  const day = Number(digits.slice(6)) % 60 === 0 ? 0 : Number(digits.slice(6)) - (Number(digits.slice(6)) > 60 ? 60 : 0);
  const told = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${String(day).padStart(2, "0")}`;
  const date = new Date(`${told}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === told ? told : null;
}

/** The check digit, by Luhn's rule. */
function checks(ten) {
  const sum = [...ten].reduce((total, digit, index) => {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  return sum % 10 === 0;
}
