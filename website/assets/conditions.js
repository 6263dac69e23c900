// The condition language of the question sets, as `to_wire()` of the server gives it: total, the same outcome as there.

const ADULTS = ["applicant", "coApplicant"];

/** Say whether a condition holds for answers (question name to answer); never throws for any JSON value. */
export function holds(condition, answers) {
  if (condition.all) return condition.all.every((part) => holds(part, answers));
  if (condition.any) return condition.any.some((part) => holds(part, answers));
  if (!Object.hasOwn(answers, condition.question)) return false;
  const answer = answers[condition.question];
  if (!condition.adult) return holdsFor(condition, answer);
  return isObject(answer) && ADULTS.some((adult) => Object.hasOwn(answer, adult) && holdsFor(condition, answer[adult]));
}

function holdsFor(condition, answer) {
  if (condition.part === "count") return Array.isArray(answer) && compares(condition, answer.length);
  if (condition.part !== null) {
    return isObject(answer) && Object.hasOwn(answer, condition.part) && compares(condition, answer[condition.part]);
  }
  return compares(condition, answer);
}

function compares({ relation, values }, value) {
  switch (relation) {
    case "==":
    case "in":
      return values.includes(value);
    case "!=":
      return isPlain(value) && value !== values[0];
    case "any":
    case "not any": {
      if (!Array.isArray(value) || value.length === 0) return false;
      return value.some((item) => values.includes(item)) === (relation === "any");
    }
    case "<":
      return isNumber(value) && value < values[0];
    case "<=":
      return isNumber(value) && value <= values[0];
    case ">":
      return isNumber(value) && value > values[0];
    case ">=":
      return isNumber(value) && value >= values[0];
    default:
      return false;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value) {
  return typeof value === "number";
}

function isPlain(value) {
  return isNumber(value) || typeof value === "string";
}
