import { RunningContender } from "./contender.ts";
import type { Scenario } from "./scenario.ts";

/** By contender, the figure of each round; `undefined` for a round that it sat out. */
export type Figures = Map<string, (number | undefined)[]>;

/** Where a scenario is found: a file, and the name under which the file exports it. */
export interface Place {
  readonly file: string;
  readonly exportName: string;
}

export interface Effort {
  /** Measured rounds in each process. */
  readonly rounds: number;
  /** Rounds before those, which do not count. */
  readonly warmUps: number;
  /** The processor that all contenders are pinned to. */
  readonly cpu: number | undefined;
}

const enoughMilliseconds = 4_000;

/**
 * Measures a scenario's contenders side by side, each in a fresh process, and adds to `figures`. Each
 * round takes them in the opposite order of the round before, so that what else the machine does
 * meanwhile falls on all of them alike.
 */
export async function runPass(
  place: Place,
  scenario: Scenario,
  effort: Effort,
  figures: Figures,
): Promise<void> {
  const rounds = scenario.rounds ?? effort.rounds;
  // What takes seconds has warmed up after one round.
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
        // One that is a hundred times slower than the rest shows it in three rounds as well as in ten.
        const isSlow = round > 0 && contender.spent > enoughMilliseconds;
        const sitsOut = isSlow || contender.spent === Number.POSITIVE_INFINITY;
        const start = performance.now();
        const figure = sitsOut ? undefined : await measured(contender);
        // In the first round the process starts and warms up, for as long as that takes.
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

/** One that fails is reported and sits out: the others' figures are worth having. */
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
