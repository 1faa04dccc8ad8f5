/** One measured pass over a contender's work. Returns the figure in the scenario's unit. */
export type Round = () => number | Promise<number>;

/**
 * A program that measures rounds, with the protocol of contender-process.ts: a line on stdin requests a
 * round, and a line on stdout is its figure. `undefined` if the program is not installed.
 */
export interface Command {
  readonly command: readonly string[] | undefined;
}

export type Contender = Round | Command;

/** A task to measure, and the contenders that perform it. */
export interface Scenario {
  /** The task, as a heading. */
  readonly title: string;
  /** The unit of the figures, such as `ns per waiter`. Lower is always better. */
  readonly unit: string;
  /** The contender whose ratios to the others are reported. */
  readonly subject: string;
  /** By name. `floor`, if present, is the least that the platform needs for the task. */
  readonly contenders: Readonly<Record<string, Contender>>;
  /** The maximum ratio of the subject to a contender: reported, never asserted. */
  readonly aims?: Readonly<Record<string, number>>;
  /** A remark below the table, for example why a contender is missing. */
  readonly note?: string;
  /** Fewer rounds, with one warm-up, if a round takes seconds. */
  readonly rounds?: number;
  /** Fewer warm-up rounds, if the contenders warm up by themselves. */
  readonly warmUps?: number;
}

/** Type-checks a scenario where a `*.bench.ts` file defines it. */
export function scenario(definition: Scenario): Scenario {
  return definition;
}
