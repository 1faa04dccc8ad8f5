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

/** The part of each scenario's name before its first hyphen. */
export function suitesOf(results: Results): string[] {
  const names = Object.keys(results.scenarios).map((id) => id.split("-")[0] ?? id);
  return [...new Set(names)].toSorted();
}
