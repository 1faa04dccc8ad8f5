import { type Finding, type Run, compareRuns } from "../scenarios/difference.ts";
import type { Scenario } from "../scenarios/language.ts";
import { differences } from "./differences.ts";
import { type Stage, type Way, ways } from "./ways.ts";

/** Run a scenario in all ways, and compare each with asyncio on both sides. */
export async function compareConnections(
  scenario: Scenario,
  over: string,
  stage: Stage,
): Promise<Finding> {
  const { beyondAsyncio, name } = scenario;
  const possible = ways.filter(
    (way) => beyondAsyncio === undefined || way[beyondAsyncio as keyof Way] === "aio",
  );
  const runs: Run[] = [];
  for (const way of possible) {
    runs.push({ parts: { ...way }, lines: await stage.run(scenario, over, way) });
  }
  return compareRuns(name, over, runs, differences);
}
