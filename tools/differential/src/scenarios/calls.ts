import type { Call, Outcome } from "./host.ts";
import type { Step } from "./language.ts";

/** The calls of a scenario on one side, by their labels. */
export class Calls {
  readonly #calls = new Map<string, Call>();
  readonly #outcomeOf: (step: Step, signal: AbortSignal) => Promise<Outcome>;

  constructor(outcomeOf: (step: Step, signal: AbortSignal) => Promise<Outcome>) {
    this.#outcomeOf = outcomeOf;
  }

  async perform(step: Step): Promise<Outcome> {
    const { label, target, verb } = step;
    if (verb === "await") return (await this.#get(target).outcome) ?? [];
    if (verb === "cancel") {
      this.#get(target).cancel();
      return ["ok"];
    }
    if (verb === "pending") {
      await settled();
      return ["ok", !this.#get(target).hasEnded];
    }
    const controller = new AbortController();
    const outcome = this.#outcomeOf(step, controller.signal);
    if (label === null) return outcome;
    const call = { outcome, hasEnded: false, cancel: () => controller.abort() };
    this.#calls.set(label, call);
    void outcome.then(() => (call.hasEnded = true));
    await settled();
    return ["ok"];
  }

  /** How many have not ended. They are given up. */
  async giveUp(): Promise<number> {
    await settled();
    const left = [...this.#calls.values()].filter(({ hasEnded }) => !hasEnded);
    for (const call of left) call.cancel();
    return left.length;
  }

  #get(label: string): Call {
    const call = this.#calls.get(label);
    if (call === undefined) throw new Error(`No call has the label ${label}`);
    return call;
  }
}

/** Some event-loop turns: what can go on without the other side has done so. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
}

/** Wait for a state. A loop without a pause would take the time of the side it waits for. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 1));
}
