import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.ts";
import { markdown } from "./markdown.ts";
import { type Results, suitesOf } from "./result.ts";

const folder = new URL("../", import.meta.url);
const data = new URL("results.json", folder);

/** Everything measured so far: a run of some scenarios leaves the others' results as they are. */
export function readResults(): Results {
  if (!existsSync(data)) return { versions: {}, scenarios: {} };
  return JSON.parse(readFileSync(data, "utf8")) as Results;
}

/** Write the figures, the tables and a chart for each suite. */
export function writeResults(results: Results): void {
  writeFileSync(data, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL("results.md", folder), markdown(results));
  for (const suite of suitesOf(results)) {
    writeFileSync(new URL(`results-${suite}.svg`, folder), chart(suite, results));
  }
}
