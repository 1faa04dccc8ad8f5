import type { Call, Outcome } from "./host.ts";
import type { Step } from "./language.ts";

/** The labeled calls of a scenario on one side. */
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

  /** Cancel the calls that have not ended, and return their number. */
  async giveUp(): Promise<number> {
    await settled();
    const left = [...this.#calls.values()].filter(({ hasEnded }) => !hasEnded);
    for (const call of left) call.cancel();
    return left.length;
  }

  #get(label: string): Call {
    const call = this.#calls.get(label);
    if (call === undefined) throw new Error(`There is no call labeled ${label}`);
    return call;
  }
}

/** Wait some event-loop turns, until everything that does not depend on the other side is done. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
}

/** Poll for a state. Without the timer, the loop would starve the other side. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 1));
}
