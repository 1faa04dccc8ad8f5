/** One measured pass over a contender's work. Returns the figure in the scenario's unit. */
export type Round = () => number | Promise<number>;

/**
 * A program that measures rounds in another language. It speaks what contender-process.ts speaks: a
 * line in asks for a round, a line out is its figure. `undefined` where the program is not installed.
 */
export interface Command {
  readonly command: readonly string[] | undefined;
}

export type Contender = Round | Command;

/** A name for something to be measured, and everything that does it. */
export interface Scenario {
  /** What is measured, as a heading. */
  readonly title: string;
  /** What one figure is: `ns per waiter`. Less is better, always. */
  readonly unit: string;
  /** The one whose ratio to all others is reported. */
  readonly subject: string;
  /** By name. `floor`, if present, is the least that the platform can do it for. */
  readonly contenders: Readonly<Record<string, Contender>>;
  /** The most that the subject should take of what another takes: reported, never asserted. */
  readonly aims?: Readonly<Record<string, number>>;
  /** A sentence below the table: what the floor does, why a contender is missing. */
  readonly note?: string;
  /** Fewer rounds, and one warm-up, for what takes seconds. */
  readonly rounds?: number;
  /** Fewer rounds before those for what has warmed up by itself. */
  readonly warmUps?: number;
}

/** Typed where it stands, so that a `*.bench.ts` file exports what the runner understands. */
export function scenario(definition: Scenario): Scenario {
  return definition;
}
