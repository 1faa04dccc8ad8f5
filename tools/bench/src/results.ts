import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.ts";
import { markdown } from "./markdown.ts";
import type { Scenario } from "./scenario.ts";
import type { Summary } from "./statistics.ts";

/** A measured scenario, as results.json keeps it. */
export interface Result extends Pick<Scenario, "title" | "unit" | "subject"> {
  readonly aims?: Scenario["aims"];
  readonly note?: string | undefined;
  readonly summaries: readonly Summary[];
}

export interface Results {
  readonly versions: Readonly<Record<string, string>>;
  readonly scenarios: Record<string, Result>;
}

const folder = new URL("../", import.meta.url);
const data = new URL("results.json", folder);

/** Everything measured so far: a run of some scenarios leaves the others' results as they are. */
export function readResults(): Results {
  if (!existsSync(data)) return { versions: {}, scenarios: {} };
  return JSON.parse(readFileSync(data, "utf8")) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(data, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL("results.md", folder), markdown(results));
  for (const suite of suitesOf(results)) {
    writeFileSync(new URL(`results-${suite}.svg`, folder), chart(suite, results));
  }
}

/** The part of each scenario's name before its first hyphen. */
export function suitesOf(results: Results): string[] {
  return [...new Set(Object.keys(results.scenarios).map((id) => id.split("-")[0] ?? id))].toSorted();
}
