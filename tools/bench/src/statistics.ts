import type { Figures } from "./run-pass.ts";
import type { Scenario } from "./scenario.ts";

/** The statistics of one contender. */
export interface Summary {
  readonly name: string;
  readonly median: number;
  /** The lower and upper quartile of the rounds. */
  readonly quartiles: readonly [number, number];
  /** The subject's figure divided by this one's. Below 1, the subject is better. */
  readonly subjectRatio: number;
}

/** A measured scenario. */
export interface Result extends Pick<Scenario, "title" | "unit" | "subject"> {
  readonly id: string;
  readonly aims: Scenario["aims"] | undefined;
  readonly note: string;
  readonly summaries: readonly Summary[];
}

/**
 * Summarize the rounds. The ratio is the median of each round's ratio, since the machine's speed varies
 * between rounds.
 */
export function summarize(figures: Figures, subject: string): Summary[] {
  const ours = figures.get(subject) ?? [];
  const summaries = Array.from(figures, ([name, theirs]): Summary => {
    const measured = theirs.filter((each) => each !== undefined);
    const ratios = theirs
      .map((each, round) => (ours[round] ?? NaN) / (each ?? NaN))
      .filter((ratio) => !Number.isNaN(ratio));
    return {
      name,
      median: quantile(measured, 0.5),
      quartiles: [quantile(measured, 0.25), quantile(measured, 0.75)],
      subjectRatio: quantile(ratios, 0.5),
    };
  });
  return summaries.filter(({ median }) => !Number.isNaN(median));
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position % 1);
}

/** The number of scenarios in which a package is ahead of a peer, level (within 3 %), or behind. */
export interface Standing {
  readonly peer: string;
  readonly ahead: number;
  readonly level: number;
  /** The titles of those scenarios, each with the package's figure divided by the peer's. */
  readonly behind: readonly string[];
}

/** Compare a package with each peer. */
export function standings(results: readonly Result[]): Standing[] {
  // A peer measured at several sizes is one peer.
  const peerOf = (name: string): string => name.replace(/ at [\d,]+$/, "");
  const peers = new Set(
    results.flatMap((result) => peersIn(result).map(({ name }) => peerOf(name))),
  );
  return [...peers].toSorted().map((peer) => {
    const met = results.flatMap((result) =>
      peersIn(result)
        .filter(({ name }) => peerOf(name) === peer)
        .map(({ subjectRatio }) => ({ title: result.title, ratio: subjectRatio })),
    );
    return {
      peer,
      ahead: met.filter(({ ratio }) => ratio < 0.97).length,
      level: met.filter(({ ratio }) => ratio >= 0.97 && ratio <= 1.03).length,
      behind: met
        .filter(({ ratio }) => ratio > 1.03)
        .map(({ title, ratio }) => `${title} (${times(ratio)})`),
    };
  });
}

/** The contenders that are neither a floor nor a variant of the package. */
export function peersIn({ summaries }: Result): Summary[] {
  return summaries.filter(({ name }) => !name.startsWith("floor") && !name.startsWith("@aio/"));
}

/** A ratio, rounded to its precision. */
export function times(ratio: number): string {
  if (ratio >= 10) return ratio.toFixed(0);
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

/** A figure with its unit. */
export function figure(value: number | undefined, unit: string): string {
  if (value === undefined) return "–";
  const [measure = ""] = unit.split(" ");
  if (measure === "ms") return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  if (measure !== "ns") return `${value.toFixed(0)} ${measure === "bytes" ? "B" : measure}`;
  return value < 10_000 ? `${value.toFixed(0)} ns` : `${(value / 1000).toFixed(0)} µs`;
}
