// Judges answers as the server does (`domain/answers.py`), so that a mistake is told beside its field before sending.
// The server decides; both are held to the same cases by `tests/website/test_judge.py`.

import { holds } from "./conditions.js";
import { identityNumber, isEmail, isPhone, isPostalCode } from "./formats.js";

const TOGETHER = ["partner", "otherAdult"];
const UNALLOWED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;
const SEVERAL_LINES_FROM = 200;
const LONGEST_GROUP = 20;

/** Whether several adults apply. */
export function together(answers) {
  return TOGETHER.includes(answers.applicants);
}

/** The questions that belong to the assignments, core or switched on by a chosen recipient; conditions aside. */
export function asked(logic, assignments, extended) {
  const chosen = (names) => names?.some((name) => assignments.includes(name));
  return logic.questions.filter(
    (each) =>
      each.stored &&
      each.type !== "municipalities" &&
      (each.name === "assignments" ||
        (chosen(each.assignments) && (chosen(each.coreFor) || extended.includes(each.name)))),
  );
}

/** Of the questions asked, those that the answers to earlier ones show; what is hidden shows nothing either. */
export function shown(logic, answers, { extended, recipients }) {
  const known = { municipalities: Array(recipients).fill(null) };
  return asked(logic, answers.assignments ?? [], extended).filter((each) => {
    if (each.shownWhen && !holds(each.shownWhen, known)) return false;
    if (Object.hasOwn(answers, each.name)) known[each.name] = answers[each.name];
    return true;
  });
}

/** Give every fault as {pointer, code}, in the order of the catalogue. `today` is Stockholm's date, YYYY-MM-DD. */
export function judge(logic, sent, { extended, recipients, today }) {
  const judgement = new Judgement(logic, sent, extended, recipients, today);
  return judgement.faults;
}

class Judgement {
  constructor(logic, sent, extended, recipients, today) {
    Object.assign(this, { logic, sent, extended, recipients, today });
    this.faults = [];
    this.values = {};
    this.doubtful = new Set();
    this.chosen = [];
    this.persons = new Set();
    for (const question of logic.questions) {
      if (!question.stored || question.type === "municipalities") continue;
      this.question(question);
      if (question.name === "assignments") this.chosen = this.values.assignments ?? [];
    }
  }

  question(question) {
    const { name } = question;
    const pointer = `/answers/${name}`;
    const isShown = this.shown(question);
    if (isShown === false) {
      if (Object.hasOwn(this.sent, name)) this.refuse(pointer, "notShown");
      return;
    }
    if (!Object.hasOwn(this.sent, name) || leftEmpty(question.type, this.sent[name])) {
      if (question.required) {
        this.doubtful.add(name);
        if (isShown) this.refuse(pointer, "required");
      }
      return;
    }
    const before = this.faults.length;
    if (question.perAdult) this.perAdult(question, this.sent[name], pointer);
    else this.whole(question, this.sent[name], pointer);
    if (this.faults.length > before || !isShown) this.doubtful.add(name);
    else this.values[name] = this.sent[name];
  }

  shown(question) {
    const within = (names) => names?.some((each) => this.chosen.includes(each));
    if (question.name !== "assignments") {
      if (this.doubtful.has("assignments")) return null;
      if (!within(question.assignments)) return false;
      if (!within(question.coreFor) && !this.extended.includes(question.name)) return false;
    }
    if (!question.shownWhen) return true;
    if (holds(question.shownWhen, { ...this.values, municipalities: Array(this.recipients).fill(null) })) return true;
    return names(question.shownWhen).some((each) => this.doubtful.has(each)) ? null : false;
  }

  refuse(pointer, code) {
    this.faults.push({ pointer, code });
  }

  perAdult(question, value, pointer) {
    const inDoubt = this.doubtful.has("applicants") || this.chosen.length === 0;
    for (const [adult, expected] of [
      ["applicant", true],
      ["coApplicant", together(this.values)],
    ]) {
      const place = `${pointer}/${adult}`;
      if (!Object.hasOwn(value, adult) || leftEmpty(question.type, value[adult])) {
        if (expected) this.refuse(place, "required");
      } else if (!expected && !inDoubt) this.refuse(place, "notShown");
      else this.whole(question, value[adult], place);
    }
  }

  whole(question, value, pointer) {
    switch (question.type) {
      case "group":
        if (value.length > (question.most ?? LONGEST_GROUP)) this.refuse(pointer, "tooMany");
        else if (value.length < (question.minimum ?? 0)) this.refuse(pointer, "required");
        else value.forEach((item, index) => this.members(question.members, item, `${pointer}/${index}`));
        break;
      case "address":
        this.members(question.members, value, pointer);
        break;
      case "multi": {
        const before = this.faults.length;
        this.codes(value, question.choices, pointer, "unknownChoice", question.most);
        const apart = value.some((code) => question.exclusive?.includes(code));
        if (this.faults.length === before && value.length > 1 && apart) this.refuse(pointer, "exclusive");
        break;
      }
      case "languages":
        this.codes(value, this.logic.languages, pointer, "unknownLanguage", question.most);
        break;
      case "interpreter":
        this.interpreter(question, value, pointer);
        break;
      default:
        this.single(question, value, pointer);
    }
  }

  members(members, value, pointer) {
    for (const member of members) {
      const place = `${pointer}/${member.name}`;
      if (Object.hasOwn(value, member.name) && !leftEmpty(member.type, value[member.name])) {
        this.single(member, value[member.name], place);
      } else if (member.required && member.assignments.some((each) => this.chosen.includes(each))) {
        this.refuse(place, "required");
      }
    }
  }

  codes(value, known, pointer, unknown, most) {
    if (value.length > (most ?? known.length)) {
      this.refuse(pointer, "tooMany");
      return;
    }
    value.forEach((code, index) => {
      if (!known.includes(code)) this.refuse(`${pointer}/${index}`, unknown);
      else if (value.indexOf(code) < index) this.refuse(`${pointer}/${index}`, "repeated");
    });
  }

  interpreter(question, value, pointer) {
    const { needed = "", language = "" } = value;
    if (blank(needed)) this.refuse(`${pointer}/needed`, "required");
    else if (!question.choices.includes(needed)) this.refuse(`${pointer}/needed`, "unknownChoice");
    else if (needed === "yes" && blank(language)) this.refuse(`${pointer}/language`, "required");
    else if (needed === "yes" && !this.logic.languages.includes(language)) this.refuse(`${pointer}/language`, "unknownLanguage");
    else if (needed !== "yes" && !blank(language)) this.refuse(`${pointer}/language`, "notShown");
  }

  single(spec, value, pointer) {
    switch (spec.type) {
      case "number":
        this.number(value, spec.minimum, spec.maximum, pointer);
        break;
      case "year":
        this.number(value, spec.minimum, Number(this.today.slice(0, 4)), pointer);
        break;
      case "confirm":
        if (value !== true) this.refuse(pointer, "required");
        break;
      case "single":
        if (!spec.choices.includes(value)) this.refuse(pointer, "unknownChoice");
        break;
      case "municipality":
        break; // the page offers known ones only
      case "identityNumber":
        this.identityNumber(value, pointer);
        break;
      case "phone":
        if (!isPhone(value)) this.refuse(pointer, "invalidPhone");
        break;
      case "email":
        if (!isEmail(value)) this.refuse(pointer, "invalidEmail");
        break;
      default:
        if (spec.name === "postalCode") {
          if (!isPostalCode(value)) this.refuse(pointer, "invalidPostalCode");
        } else this.text(value, spec.longest ?? SEVERAL_LINES_FROM, pointer);
    }
  }

  number(value, minimum, maximum, pointer) {
    if (!Number.isInteger(value)) this.refuse(pointer, "wrongType");
    else if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum)) {
      this.refuse(pointer, "outOfRange");
    }
  }

  identityNumber(value, pointer) {
    const number = identityNumber(value, this.today);
    if (!number) this.refuse(pointer, "invalidIdentityNumber");
    else if (!number.ofAge) this.refuse(pointer, "underAge");
    else if (this.persons.has(number.digits)) this.refuse(pointer, "repeated");
    else this.persons.add(number.digits);
  }

  text(value, longest, pointer) {
    const plain = value.replaceAll("\r\n", "\n").replaceAll("\t", " ");
    const composed = plain.normalize("NFC").trim();
    if (UNALLOWED.test(plain.replaceAll("\n", ""))) this.refuse(pointer, "unallowedCharacters");
    else if (composed.includes("\n") && longest <= SEVERAL_LINES_FROM) this.refuse(pointer, "unallowedCharacters");
    else if ([...composed].length > longest) this.refuse(pointer, "tooLong");
  }
}

function names(condition) {
  const parts = condition.all ?? condition.any;
  return parts ? parts.flatMap(names) : [condition.question];
}

function leftEmpty(kind, value) {
  if ((kind === "multi" || kind === "languages") && Array.isArray(value) && value.length === 0) return true;
  return !["number", "year", "confirm"].includes(kind) && blank(value);
}

function blank(value) {
  return typeof value === "string" && value.trim() === "";
}
