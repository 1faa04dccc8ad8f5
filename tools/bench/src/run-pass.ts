import { RunningContender } from "./contender.ts";
import type { Scenario } from "./scenario.ts";

/** The figures of each contender by round; `undefined` for a round that it skipped. */
export type Figures = Map<string, (number | undefined)[]>;

/** The place of a scenario: its file and its export. */
export interface Place {
  readonly file: string;
  readonly exportName: string;
}

export interface Effort {
  /** Measured rounds per process. */
  readonly rounds: number;
  /** Rounds before those, which are not measured. */
  readonly warmUps: number;
  /** The processor that all contenders are pinned to. */
  readonly cpu: number | undefined;
}

const enoughMilliseconds = 4_000;

/**
 * Measures a scenario's contenders side by side, each in a fresh process, and adds to `figures`. Their
 * order is reversed after each round, so that other load on the machine affects all of them alike.
 */
export async function runPass(
  place: Place,
  scenario: Scenario,
  effort: Effort,
  figures: Figures,
): Promise<void> {
  const rounds = scenario.rounds ?? effort.rounds;
  // A round of a scenario that takes seconds is enough to warm up.
  const warmUps = scenario.warmUps ?? (scenario.rounds === undefined ? effort.warmUps : 1);
  const running = Object.entries(scenario.contenders)
    .filter(([, contender]) => typeof contender === "function" || contender.command !== undefined)
    .map(([name, contender]) => ({
      name,
      process: new RunningContender({ ...place, contenderName: name }, contender, effort.cpu),
      spent: 0,
    }));
  try {
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const contender of running) {
        // A contender that is a hundred times slower than the rest does not need all rounds.
        const isSlow = round > 0 && contender.spent > enoughMilliseconds;
        const sitsOut = isSlow || contender.spent === Number.POSITIVE_INFINITY;
        const start = performance.now();
        const figure = sitsOut ? undefined : await measured(contender);
        // The first round includes the start of the process and its warm-up, which do not count.
        if (round > -warmUps) contender.spent += performance.now() - start;
        if (round < 0) continue;
        figures.set(contender.name, [...(figures.get(contender.name) ?? []), figure]);
      }
      running.reverse();
    }
  } finally {
    await Promise.all(running.map((contender) => contender.process.end()));
  }
}

/** A contender that fails is reported, and skips the remaining rounds. */
async function measured(contender: {
  readonly name: string;
  readonly process: RunningContender;
  spent: number;
}): Promise<number | undefined> {
  try {
    return await contender.process.round();
  } catch (error) {
    console.error(`Cannot measure ${contender.name}:`, error);
    contender.spent = Number.POSITIVE_INFINITY;
    return undefined;
  }
}
