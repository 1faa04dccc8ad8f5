import { type Finding, compareRuns } from "../scenarios/difference.ts";
import type { Host } from "../scenarios/host.ts";
import type { Scenario } from "../scenarios/language.ts";
import { differences } from "./differences.ts";
import type { Stage } from "./stage.ts";

/** Run a scenario over asyncio and over `@aio/subprocess`, and compare. */
export async function compareProcesses(
  scenario: Scenario,
  over: string,
  stage: Stage,
  hosts: { readonly asyncio: Host; readonly aio: Host },
): Promise<Finding> {
  const runs = [
    { parts: { process: "asyncio" }, lines: await stage.run(scenario, over, hosts.asyncio) },
    { parts: { process: "aio" }, lines: await stage.run(scenario, over, hosts.aio) },
  ];
  return compareRuns(scenario.name, over, runs, differences);
}
