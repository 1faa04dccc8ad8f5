import type { Line } from "./run.ts";

/** A wanted difference: how a step of a scenario ends where a part is ours and not asyncio's. */
export interface Difference {
  /** Words of its row in the README of the package. */
  readonly row: string;
  readonly scenario: string;
  /** All that the scenario runs over, if it is not said. */
  readonly over?: string;
  /** The step, as the scenario has it. */
  readonly step: string;
  /** The parts that are ours when it differs; the others are asyncio's, or do not matter. */
  readonly ours: string;
  readonly asyncio: string;
  readonly aio: string;
}

/** One run of a scenario: the host of each part, and what it showed. */
export interface Run {
  readonly parts: Readonly<Record<string, string>>;
  readonly lines: readonly Line[];
}

/** What one scenario showed, over one thing. */
export interface Finding {
  /** Where runs disagree, for people to read; empty if they do not. */
  readonly report: string;
  /** The wanted differences that they showed. */
  readonly used: ReadonlySet<Difference>;
}

/** Compare the other runs of a scenario with the first one, and except what is wanted. */
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

// "client" is any run with our client; "client alone" only one with asyncio's server.
function isOurs(ours: string, parts: Run["parts"]): boolean {
  const [part = "", alone] = ours.split(" ");
  if (parts[part] !== "aio") return false;
  if (alone === undefined) return true;
  return Object.entries(parts).every(([name, side]) => name === part || side !== "aio");
}
