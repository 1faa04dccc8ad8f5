import { RunningContender } from "./contender.ts";
import type { Scenario } from "./scenario.ts";
import { type Summary, summarize } from "./statistics.ts";

export interface Effort {
  /** How often every contender gets a fresh process: the compiler decides anew in each. */
  readonly passes: number;
  /** Measured rounds in each process. */
  readonly rounds: number;
  /** Rounds before those, which do not count. */
  readonly warmUps: number;
  /** The processor that all contenders are pinned to. */
  readonly cpu: number | undefined;
}

const enoughMilliseconds = 4_000;

/**
 * Measure a scenario's contenders side by side: round by round, each round in the opposite order of
 * the one before, so that whatever else the machine does meanwhile, and whoever runs first, falls on
 * all of them alike.
 */
export async function runScenario(
  place: { readonly file: string; readonly exportName: string },
  scenario: Scenario,
  effort: Effort,
  onRound: (done: number, all: number) => void,
): Promise<Summary[]> {
  const present = Object.entries(scenario.contenders).filter(
    ([, contender]) => typeof contender === "function" || contender.command !== undefined,
  );
  const figures = new Map(present.map(([name]): [string, (number | undefined)[]] => [name, []]));
  const rounds = scenario.rounds ?? effort.rounds;
  const all = effort.passes * (rounds + effort.warmUps);
  let done = 0;
  for (let pass = 0; pass < effort.passes; pass += 1) {
    const running = present.map(([contenderName, contender]) => ({
      name: contenderName,
      process: new RunningContender({ ...place, contenderName }, contender, effort.cpu),
      spent: 0,
    }));
    try {
      for (let round = -effort.warmUps; round < rounds; round += 1) {
        for (const contender of running) {
          // Who is a hundred times slower than the rest shows it in three rounds as well as in ten.
          const sitsOut = round !== 0 && contender.spent > enoughMilliseconds;
          const start = performance.now();
          const figure = sitsOut ? undefined : await measure(contender, place.exportName);
          // The first has the process start and warm up in it, for as long as that takes.
          if (round > -effort.warmUps) contender.spent += performance.now() - start;
          if (round >= 0) figures.get(contender.name)?.push(figure);
        }
        running.reverse();
        done += 1;
        onRound(done, all);
      }
    } finally {
      await Promise.all(running.map((contender) => contender.process.end()));
    }
  }
  return summarize(figures, scenario.subject);
}

async function measure(
  contender: { readonly name: string; readonly process: RunningContender },
  scenarioName: string,
): Promise<number> {
  try {
    return await contender.process.round();
  } catch (cause) {
    throw new Error(`Cannot measure ${contender.name} in ${scenarioName}`, { cause });
  }
}
