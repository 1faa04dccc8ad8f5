import { type WaitOptions, checkedFunction, invalidArgumentType, outOfRange } from "@aio/errors";
import { brand } from "./brand.ts";
import { type Guard, asGuard, disposable } from "./guard.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { checkedSignal } from "./options.ts";
import { WaitQueue } from "./wait-queue.ts";

/**
 * A number of permits that callers take and give back.
 *
 * It is fair: if no permit is free, callers wait in FIFO order, and {@link Semaphore.release} hands its
 * permit to the first waiter. Permits do not have owners: any caller may release, even more often than
 * it acquired (see {@link BoundedSemaphore}).
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
 *   using _slot = await slots.acquire();
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
  readonly #waiters = new WaitQueue<Guard>(activity);

  /**
   * @param value - The initial number of permits: an integer of at least 0, or `Infinity`.
   * @throws {RangeError} If `value` is negative, `NaN` or a fraction.
   * @throws {TypeError} If `value` is not a number.
   */
  constructor(value = 1) {
    if (!(Number.isSafeInteger(value) || value === Infinity) || value < 0) {
      const refuse = typeof value === "number" ? outOfRange : invalidArgumentType;
      throw refuse("value", "an integer of at least 0, or Infinity", value);
    }
    this.#value = value;
  }

  /**
   * Wait until a permit is free, and take it.
   *
   * A free permit is taken before this call returns.
   *
   * @returns The guard that gives the permit back, once: `using _permit = await semaphore.acquire()`.
   * @throws {CancelledError} If `signal` aborts first; no permit is taken, and the caller has left the
   * queue. A `signal` that has already aborted rejects even if a permit is free.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `signal` is not an AbortSignal, or an option is unknown; nothing changes.
   * @see asyncio.Semaphore.acquire
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    const signal = checkedSignal(options, activity);
    if (signal instanceof Promise) return signal;
    if (this.#value === 0) return this.#waiters.wait(signal);
    this.#value -= 1;
    return Promise.resolve(new DisposablePermit(this));
  }

  /**
   * Take a permit if one is free.
   *
   * @returns The guard that gives it back; `null` if no permit is free.
   */
  tryAcquire(): Guard | null {
    if (this.#value === 0) return null;
    this.#value -= 1;
    return new DisposablePermit(this);
  }

  /**
   * Give one permit back, or add one, and hand it to the first waiter.
   *
   * It cannot know which acquisition the permit belongs to. If you have a guard, release that instead.
   *
   * @see asyncio.Semaphore.release
   */
  release(): void {
    // If a caller waits, no permit is free: this one is handed to the first waiter, and never counts
    // as free.
    if (this.#waiters.size === 0) this.#value += 1;
    else this.#waiters.wake(new DisposablePermit(this));
  }

  /**
   * Whether no permit is free, so that an acquire would wait.
   *
   * @see asyncio.Semaphore.locked
   */
  locked(): boolean {
    return this.#value === 0;
  }

  /**
   * Call `fn` while holding a permit, and give it back when `fn` has settled, however it settles.
   *
   * @returns What `fn` returns or resolves to; an error of `fn` rejects with that error.
   * @throws {CancelledError} If `signal` aborts first; `fn` is not called and no permit is taken. A
   * `signal` that has already aborted rejects even if a permit is free.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `fn` is not a function, `signal` is not an AbortSignal, or an option is
   * unknown; nothing changes.
   */
  async run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    checkedFunction("fn", fn);
    const permit = await this.acquire(options);
    try {
      return await fn();
    } finally {
      permit.release();
    }
  }

  static {
    brand(this, "Semaphore");
    inspectAs(this, (semaphore) => {
      const state = semaphore.locked() ? "locked" : `unlocked, value:${semaphore.#value}`;
      return stateOf(semaphore, state, semaphore.#waiters.size);
    });
    freePermits = (semaphore) => semaphore.#value;
  }
}

const activity = "waiting for a permit of the semaphore";

/** How many permits of a semaphore are free, for its subclass. */
// `var`, because the static block above assigns it before this line runs: `let` would throw.
export var freePermits: (semaphore: Semaphore) => number;

class Permit implements Guard {
  declare readonly release: () => void;
  declare readonly [Symbol.dispose]: () => void;
  #semaphore: Semaphore | undefined;

  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  static {
    asGuard<Permit>(
      this,
      (permit) => {
        const semaphore = permit.#semaphore;
        permit.#semaphore = undefined;
        semaphore?.release();
      },
      (permit) => permit.#semaphore !== undefined,
    );
  }
}

const DisposablePermit = disposable(Permit);
