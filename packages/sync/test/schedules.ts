import * as fc from "fast-check";

/** One step of a random schedule: an action and its argument. */
export interface Step<Name extends string> {
  readonly name: Name;
  readonly number: number;
  /** The index of one of three signals to pass, if any. */
  readonly signal: number | undefined;
}

/** Random schedules of the steps in `names`; repeating a name makes it more likely. */
export function schedules<Name extends string>(...names: Name[]): fc.Arbitrary<Step<Name>[]> {
  const step = fc.record({
    name: fc.constantFrom(...names),
    number: fc.nat(7),
    signal: fc.option(fc.nat(2), { nil: undefined }),
  });
  return fc.array(step, { maxLength: 40, size: "max" });
}

/** Three signals; a new one replaces each that is aborted. */
export class Signals {
  readonly #controllers = [0, 1, 2].map(() => new AbortController());

  options(number: number | undefined): { signal: AbortSignal | undefined } | undefined {
    if (number === undefined) return undefined;
    return { signal: this.#controllers[number]?.signal };
  }

  abort(number: number): void {
    this.#controllers[number % 3]?.abort();
    this.#controllers[number % 3] = new AbortController();
  }
}

/** The outcomes of the calls of one run, in the order in which their callers resumed. */
export class Outcomes<T> {
  readonly trace: string[] = [];
  readonly values = new Map<number, T>();
  #calls = 0;

  get next(): number {
    return this.#calls;
  }

  /** Record the outcome of `promise`, the next call. */
  note(promise: Promise<T>): void {
    const call = this.#calls;
    this.#calls += 1;
    promise.then(
      (value) => {
        this.values.set(call, value);
        return this.trace.push(`${call} passes`);
      },
      (error: Error) => this.trace.push(`${call} ${error.name}`),
    );
  }

  /** Let every task that can resume do so. */
  async tick(): Promise<void> {
    for (let hop = 0; hop < 8; hop += 1) await Promise.resolve();
  }
}

/** Remove from `list` the elements that pass `test`, and return them. */
export function extract<T>(list: T[], test: (item: T) => boolean): T[] {
  const taken = list.filter(test);
  list.splice(0, list.length, ...list.filter((item) => !test(item)));
  return taken;
}
