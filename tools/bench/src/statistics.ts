/** What is reported of one contender. */
export interface Summary {
  readonly name: string;
  readonly median: number;
  /** The quarter of the rounds below, and the quarter above, these two. */
  readonly quartiles: readonly [number, number];
  /** The subject's figure divided by this one's: below 1 the subject is better. */
  readonly subjectRatio: number;
}

/**
 * Sum the rounds up. Ratios are taken round by round, within which the machine was in one mood, and
 * their median is the ratio. A round that a contender sat out is `undefined`.
 */
export function summarize(
  figures: ReadonlyMap<string, readonly (number | undefined)[]>,
  subject: string,
): Summary[] {
  const ours = figures.get(subject) ?? [];
  return Array.from(figures, ([name, theirs]) => {
    const measured = theirs.filter((figure) => figure !== undefined);
    const ratios = theirs
      .map((figure, round) => (ours[round] ?? NaN) / (figure ?? NaN))
      .filter((ratio) => !Number.isNaN(ratio));
    return {
      name,
      median: quantile(measured, 0.5),
      quartiles: [quantile(measured, 0.25), quantile(measured, 0.75)],
      subjectRatio: quantile(ratios, 0.5),
    };
  });
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position % 1);
}
