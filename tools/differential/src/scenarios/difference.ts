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

/** The part of a way that matters for a comparison: which of the parts are ours. */
export type Parts = Readonly<Record<string, string>>;

/**
 * What a run should show: the reference, with the wanted differences put in.
 *
 * @param used - Gets the differences that were found in place.
 */
export function expected(
  reference: readonly Line[],
  parts: Parts,
  differences: readonly Difference[],
  used: Set<Difference>,
): string[] {
  return reference.map(({ step, outcome }) => {
    const difference = differences.find(
      (one) => one.step === step.text && one.asyncio === outcome && isOurs(one.ours, parts),
    );
    if (difference !== undefined) used.add(difference);
    return `${step.text} -> ${difference?.aio ?? outcome}`;
  });
}

// "client" is ours whoever the server is; "client alone" only where the server is asyncio's.
function isOurs(ours: string, parts: Parts): boolean {
  const [part = "", alone] = ours.split(" ");
  if (parts[part] !== "aio") return false;
  return (
    alone === undefined ||
    Object.entries(parts).every(([name, who]) => (who === "aio") === (name === part))
  );
}
