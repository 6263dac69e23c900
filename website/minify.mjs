// Makes scripts small: reads {name: source} as JSON from standard input, writes {name: smaller source}.

import { readFileSync } from "node:fs";

import { minify } from "terser";

const sources = JSON.parse(readFileSync(0, "utf8"));
const small = {};
for (const [name, source] of Object.entries(sources)) {
  const { code } = await minify({ [name]: source }, { module: true, compress: { ecma: 2022 }, format: { ecma: 2022 } });
  small[name] = `${code}\n`;
}
process.stdout.write(JSON.stringify(small));
