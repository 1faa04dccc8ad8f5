import { type WaitOptions, invalidArgumentType, outOfRange } from "@aio/errors";
import { type Guard, dispose } from "./guard.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { admit } from "./options.ts";
import { WaitQueue } from "./wait-queue.ts";

/** How many permits of a semaphore are free: what its subclass has to know. */
export let freePermits: (semaphore: Semaphore) => number;

/**
 * A number of permits that callers take and give back.
 *
 * Who finds none waits, and is served in the order in which he came: {@link Semaphore.release} hands
 * its permit straight to the first who waits. Permits belong to nobody in particular: anybody may
 * release, and more often than was acquired (see {@link BoundedSemaphore}).
 *
 * @example At most two downloads at a time
 * ```ts
 * import { Semaphore } from "@aio/sync";
 *
 * const slots = new Semaphore(2);
 * let running = 0;
 * let most = 0;
 *
 * async function download(): Promise<void> {
 *   using slot = await slots.acquire();
 *   most = Math.max(most, ++running);
 *   await new Promise(setImmediate);
 *   running -= 1;
 * }
 *
 * await Promise.all(Array.from({ length: 10 }, download));
 * console.log(most); // 2
 * ```
 *
 * @see asyncio.Semaphore
 */
export class Semaphore {
  #value: number;
  readonly #waiters = new WaitQueue<Guard>();

  /**
   * @param value - How many permits there are at first: an integer from 0, or `Infinity`.
   * @throws {RangeError} If `value` is negative, `NaN` or a fraction.
   * @throws {TypeError} If `value` is no number.
   */
  constructor(value = 1) {
    if (typeof value !== "number") throw invalidArgumentType("value", "a number", value);
    if (!(value >= 0 && (Number.isInteger(value) || value === Infinity))) {
      throw outOfRange("value", "an integer from 0, or Infinity", value);
    }
    this.#value = value;
  }

  /**
   * Wait until there is a permit, and take it.
   *
   * If one is free it is taken before this call returns.
   *
   * @returns The guard to give it back with, once: `using permit = await semaphore.acquire()`.
   * @throws {CancelledError} If `signal` aborts first; no permit is taken and the place in the
   * queue is given up. A `signal` that has aborted already rejects even if there are permits.
   * @throws {TimeoutError} In its place, if the signal is one of `AbortSignal.timeout`.
   * @throws {TypeError} If `signal` is no signal; nothing has changed then.
   * @see asyncio.Semaphore.acquire
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    const signal = options === undefined ? undefined : admit(options);
    if (signal instanceof Promise) return signal;
    if (this.#value === 0) return this.#waiters.wait(signal);
    this.#value -= 1;
    return Promise.resolve(new Permit(this));
  }

  /**
   * Take a permit if that needs no waiting.
   *
   * @returns The guard to give it back with; `null` if no permit is free.
   */
  tryAcquire(): Guard | null {
    if (this.#value === 0) return null;
    this.#value -= 1;
    return new Permit(this);
  }

  /**
   * Give one permit back, or add one, and hand it to the first who waits.
   *
   * It cannot know whose permit it is: what was acquired with a guard is best released by it.
   *
   * @see asyncio.Semaphore.release
   */
  release(): void {
    // Nobody waits while there are permits, so a permit that finds a waiter has come from none.
    if (this.#waiters.size === 0) this.#value += 1;
    else this.#waiters.wake(new Permit(this));
  }

  /**
   * Whether an acquire would have to wait.
   *
   * @see asyncio.Semaphore.locked
   */
  locked(): boolean {
    return this.#value === 0;
  }

  /**
   * Call `fn` while holding a permit, and give it back when `fn` has settled, however it has.
   *
   * @returns What `fn` returns or resolves with; what it throws or rejects with passes through.
   * @throws {CancelledError} If `signal` aborts first; `fn` is not called and no permit is taken.
   * @throws {TypeError} If `fn` is no function, or `signal` no signal; nothing has changed then.
   */
  async run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    if (typeof fn !== "function") throw invalidArgumentType("fn", "a function", fn);
    const permit = await this.acquire(options);
    try {
      return await fn();
    } finally {
      permit.release();
    }
  }

  get [Symbol.toStringTag](): string {
    return "Semaphore";
  }

  static {
    inspectAs(this, (semaphore) => {
      const state = semaphore.locked() ? "locked" : `unlocked, value:${semaphore.#value}`;
      return stateOf(semaphore[Symbol.toStringTag], state, semaphore.#waiters.size);
    });
    freePermits = (semaphore) => semaphore.#value;
  }
}

class Permit implements Guard {
  #semaphore: Semaphore | undefined;

  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  release(): void {
    const semaphore = this.#semaphore;
    this.#semaphore = undefined;
    semaphore?.release();
  }

  [dispose](): void {
    this.release();
  }
}
