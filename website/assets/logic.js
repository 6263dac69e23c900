// What the page tells its script of the questions (`website/form.py`), read into the form in which it is used.

/** Read the logic: what was left out or written as `true` because it repeats what is around it is filled in. */
export function read(told) {
  const all = told.questions.find((each) => each.name === "assignments").choices;
  for (const question of told.questions) {
    if (question.assignments === true) question.assignments = all;
    if (question.coreFor === true) question.coreFor = question.assignments;
    question.members ??= [];
    question.choices ??= [];
    for (const member of question.members) {
      if (member.assignments === true) member.assignments = question.assignments;
      member.choices ??= [];
    }
  }
  const steps = told.steps.map((name, at) => ({
    name,
    questions: told.questions.filter((each) => each.at === at).map((each) => each.name),
  }));
  return { ...told, steps };
}
