// Holds the browser's judgement of answers to the server's; `CASES` names a file with what was sent and what the server said.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { judge } from "../../website/assets/judge.js";
import { read } from "../../website/assets/logic.js";

const { logic, today, cases } = JSON.parse(readFileSync(process.env.CASES, "utf8"));
const questions = read(logic);

test(`all ${cases.length} cases`, () => {
  for (const { sent, extended, recipients, faults } of cases) {
    const found = judge(questions, sent, { extended, recipients, today });
    assert.deepEqual(found, faults, JSON.stringify(sent));
  }
});
