// Holds the browser's evaluator to the shared vectors; `VECTORS` names a file with conditions as they go on the wire.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { holds } from "../../website/assets/conditions.js";

const vectors = JSON.parse(readFileSync(process.env.VECTORS, "utf8"));

test(`all ${vectors.length} vectors`, () => {
  assert.ok(vectors.length > 100);
  for (const { text, wire, answers, holds: expected } of vectors) {
    assert.equal(holds(wire, answers), expected, `${text} for ${JSON.stringify(answers)}`);
  }
});
