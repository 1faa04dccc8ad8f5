import type { Line } from "./run.ts";

/** An intended difference: how a step ends when a part runs on these packages, not on asyncio. */
export interface Difference {
  /** Words of its row in the package's README. */
  readonly row: string;
  readonly scenario: string;
  /** What it applies to; by default, everything that the scenario runs over. */
  readonly over?: string;
  /** The step, as written in the scenario. */
  readonly step: string;
  /** The part that must run on these packages, and `alone` if the others must run on asyncio. */
  readonly ours: string;
  readonly asyncio: string;
  readonly aio: string;
}

/** One run of a scenario: the host of each part, and the outcomes. */
export interface Run {
  readonly parts: Readonly<Record<string, string>>;
  readonly lines: readonly Line[];
}

/** The result of comparing the runs of one scenario. */
export interface Finding {
  /** Where runs disagree, in readable form; empty if they agree. */
  readonly report: string;
  /** The intended differences that occurred. */
  readonly used: ReadonlySet<Difference>;
}

/** Compare the other runs of a scenario with the first one, allowing the intended differences. */
export function compareRuns(
  name: string,
  over: string,
  [reference, ...others]: readonly Run[],
  differences: readonly Difference[],
): Finding {
  const wanted = differences.filter((one) => one.scenario === name && (one.over ?? over) === over);
  const used = new Set<Difference>();
  const reports: string[] = [];
  for (const { parts, lines } of others) {
    const expected = (reference?.lines ?? []).map(({ step, outcome }) => {
      const difference = wanted.find(
        (one) => one.step === step.text && one.asyncio === outcome && isOurs(one.ours, parts),
      );
      if (difference !== undefined) used.add(difference);
      return `${step.text} -> ${difference?.aio ?? outcome}`;
    });
    const actual = lines.map(({ step, outcome }) => `${step.text} -> ${outcome}`);
    const at = expected.findIndex((line, index) => line !== actual[index]);
    if (at === -1) continue;
    reports.push(
      [
        `${name}, over ${over}`,
        ...expected.slice(0, at).map((line) => `  ${line}`),
        `${describe(reference?.parts ?? {})}: ${expected[at]}`,
        `${describe(parts)}: ${actual[at] ?? "nothing"}`,
      ].join("\n"),
    );
  }
  return { report: reports.join("\n\n"), used };
}

function describe(parts: Run["parts"]): string {
  return Object.entries(parts)
    .map(([part, side]) => `${part} ${side}`)
    .join(", ");
}

// "client" is any run with this package's client; "client alone" only one with asyncio's server.
function isOurs(ours: string, parts: Run["parts"]): boolean {
  const [part = "", alone] = ours.split(" ");
  if (parts[part] !== "aio") return false;
  if (alone === undefined) return true;
  return Object.entries(parts).every(([name, side]) => name === part || side !== "aio");
}
