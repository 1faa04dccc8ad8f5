import { RuntimeError, type WaitOptions, invalidArgumentType } from "@aio/errors";
import { deferred } from "./deferred.ts";
import type { Guard } from "./guard.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { Lock, loan } from "./lock.ts";
import { admit } from "./options.ts";
import { AbortableSleeper, Sleeper } from "./sleeper.ts";
import { WaitQueue } from "./wait-queue.ts";

type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined | 0n>;

/**
 * A lock with a place to sleep until what the lock protects has changed.
 *
 * {@link Condition.wait} gives the lock up, sleeps until {@link Condition.notify}, and holds the
 * lock again whenever it settles. Sleepers are notified in the order in which they came.
 *
 * @example Hand over items
 * ```ts
 * import { Condition } from "@aio/sync";
 *
 * const condition = new Condition();
 * const items: string[] = [];
 *
 * async function take(): Promise<string> {
 *   using guard = await condition.acquire();
 *   await condition.waitFor(() => items.length > 0);
 *   return items.shift() ?? "";
 * }
 *
 * const taken = take();
 * await condition.run(() => {
 *   items.push("bread");
 *   condition.notify();
 * });
 * console.log(await taken); // bread
 * ```
 *
 * @see asyncio.Condition
 */
export class Condition {
  /** The lock that callers hold around their calls; several conditions may share one. */
  readonly lock: Lock;
  readonly #sleepers = new WaitQueue<void>();

  /**
   * @param lock - The lock to use.
   * @defaultValue a lock of its own
   * @throws {TypeError} If `lock` is no {@link Lock}.
   */
  constructor(lock?: Lock | null) {
    if (lock !== undefined && lock !== null && !(lock instanceof Lock)) {
      throw invalidArgumentType("lock", "a Lock", lock);
    }
    this.lock = lock ?? new Lock();
  }

  /**
   * Acquire the lock: {@link Lock.acquire}.
   *
   * @throws {CancelledError} If `signal` aborts first; the lock is left as it is and the place in
   * the queue is given up.
   * @see asyncio.Condition.acquire
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.lock.acquire(options);
  }

  /** Take the lock if that needs no waiting: {@link Lock.tryAcquire}. */
  tryAcquire(): Guard | null {
    return this.lock.tryAcquire();
  }

  /**
   * Release the lock: {@link Lock.release}.
   *
   * @throws {RuntimeError} If the lock is not held.
   * @see asyncio.Condition.release
   */
  release(): void {
    this.lock.release();
  }

  /**
   * Whether somebody holds the lock.
   *
   * @see asyncio.Condition.locked
   */
  locked(): boolean {
    return this.lock.locked();
  }

  /**
   * Call `fn` while holding the lock: {@link Lock.run}.
   *
   * @throws {CancelledError} If `signal` aborts first; `fn` is not called and the lock is left as it is.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return this.lock.run(fn, options);
  }

  /**
   * Give the lock up, sleep until notified, and take the lock back.
   *
   * The guard that held the lock holds it again afterwards, whether this resolves or rejects. What
   * was waited for may have changed again by then: look, in a loop, or use {@link Condition.waitFor}.
   *
   * @returns Always `true`.
   * @throws {CancelledError} If `signal` aborts first; the lock is held again by then, and a
   * notification that had come already has gone to the next sleeper. A `signal` that has aborted
   * already rejects without giving the lock up.
   * @throws {TimeoutError} In its place, if the signal is one of `AbortSignal.timeout`.
   * @throws {RuntimeError} If the lock is not held.
   * @throws {TypeError} If `signal` is no signal; nothing has changed then.
   * @see asyncio.Condition.wait
   */
  wait(options?: WaitOptions): Promise<true> {
    const signal = options === undefined ? undefined : admit(options);
    if (signal instanceof Promise) return signal;
    const guard = loan.guardOf(this.lock);
    if (guard === undefined) {
      return Promise.reject(new RuntimeError("Cannot wait on the condition: its lock is not held"));
    }
    const { promise, resolve, reject } = deferred<true>();
    if (signal === undefined) {
      this.#sleepers.add(new Sleeper(this.lock, guard, resolve));
    } else {
      const sleeper = new AbortableSleeper(this.#sleepers, this.lock, guard, resolve, reject);
      try {
        // First what may fail: a frozen signal of Node's throws when it is listened to.
        sleeper.listenTo(signal);
      } catch (error) {
        return Promise.reject(error);
      }
      this.#sleepers.add(sleeper);
    }
    this.lock.release();
    return promise;
  }

  /**
   * Wait until `predicate` returns something truthy. It is called with the lock held: first at
   * once, then after each notification.
   *
   * @returns What `predicate` returned.
   * @throws What `predicate` throws, with the lock held.
   * @throws {CancelledError} If `signal` aborts first; the lock is held again by then.
   * @throws {TimeoutError} In its place, if the signal is one of `AbortSignal.timeout`.
   * @throws {RuntimeError} If it has to wait and the lock is not held.
   * @throws {TypeError} If `predicate` is no function or returns a promise, which is always truthy.
   * @see asyncio.Condition.wait_for
   */
  async waitFor<T>(predicate: () => T, options?: WaitOptions): Promise<Truthy<T>> {
    if (typeof predicate !== "function") {
      throw invalidArgumentType("predicate", "a function", predicate);
    }
    const signal = options === undefined ? undefined : admit(options);
    if (signal instanceof Promise) return signal;
    for (;;) {
      const value = predicate();
      if (isThenable(value)) {
        throw new TypeError("Cannot wait for the predicate: it returned a promise");
      }
      if (value) return value as Truthy<T>;
      await this.wait({ signal });
    }
  }

  /**
   * Notify the first `n` of those who sleep. They wake when the lock is released and their turn to
   * hold it has come.
   *
   * @param n - How many; none if it is 0 or less.
   * @throws {RuntimeError} If the lock is not held.
   * @throws {TypeError} If `n` is no number.
   * @see asyncio.Condition.notify
   */
  notify(n = 1): void {
    if (typeof n !== "number" || Number.isNaN(n)) throw invalidArgumentType("n", "a number", n);
    if (!this.lock.locked()) {
      throw new RuntimeError("Cannot notify on the condition: its lock is not held");
    }
    for (let woken = 0; woken < n && this.#sleepers.size > 0; woken += 1) this.#sleepers.wake();
  }

  /**
   * Notify everyone who sleeps now.
   *
   * @throws {RuntimeError} If the lock is not held.
   * @see asyncio.Condition.notify_all
   */
  notifyAll(): void {
    this.notify(Infinity);
  }

  get [Symbol.toStringTag](): string {
    return "Condition";
  }

  static {
    inspectAs(this, (condition) =>
      stateOf("Condition", condition.locked() ? "locked" : "unlocked", condition.#sleepers.size),
    );
  }
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
