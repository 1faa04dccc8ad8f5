import { expected } from "../scenarios/difference.ts";
import type { Difference } from "../scenarios/difference.ts";
import type { Scenario } from "../scenarios/language.ts";
import type { Line } from "../scenarios/run.ts";
import { differences } from "./differences.ts";
import { type Stage, type Way, ways } from "./ways.ts";

/** What one scenario showed, over one kind of connection. */
export interface Finding {
  /** Where it disagrees, for people to read; empty if it does not. */
  readonly report: string;
  /** The wanted differences that it showed. */
  readonly used: ReadonlySet<Difference>;
}

/** Run a scenario all ways, and compare each with asyncio on both sides. */
export async function compareScenario(
  scenario: Scenario,
  over: string,
  stage: Stage,
): Promise<Finding> {
  const { beyondAsyncio } = scenario;
  const possible = ways.filter(
    (way) => beyondAsyncio === undefined || way[beyondAsyncio as keyof Way] === "aio",
  );
  const wanted = differences.filter(
    (one) => one.scenario === scenario.name && (one.over ?? over) === over,
  );
  const used = new Set<Difference>();
  const reports: string[] = [];
  let reference: { readonly way: Way; readonly lines: readonly Line[] } | undefined;
  for (const way of possible) {
    const lines = await stage.run(scenario, over, way);
    reference ??= { way, lines };
    const wantedLines = expected(reference.lines, { ...way }, wanted, used);
    const actual = lines.map(({ step, outcome }) => `${step.text} -> ${outcome}`);
    const at = wantedLines.findIndex((line, index) => line !== actual[index]);
    if (at === -1) continue;
    reports.push(
      [
        `${scenario.name}, over ${over}`,
        ...wantedLines.slice(0, at).map((line) => `  ${line}`),
        `${describe(reference.way)}: ${wantedLines[at]}`,
        `${describe(way)}: ${actual[at] ?? "nothing"}`,
      ].join("\n"),
    );
  }
  return { report: reports.join("\n\n"), used };
}

function describe({ server, client }: Way): string {
  return `server ${server}, client ${client}`;
}
