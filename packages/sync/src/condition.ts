import {
  RuntimeError,
  type WaitOptions,
  checkedFunction,
  invalidArgumentType,
  invalidArgumentValue,
} from "@aio/errors";
import { brand } from "./brand.ts";
import type { Guard } from "./guard.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { Lock, lockInternals } from "./lock.ts";
import { checkedSignal } from "./options.ts";
import { AbortableSleeper, Sleeper } from "./sleeper.ts";
import { WaitQueue, deferred } from "./wait-queue.ts";

/**
 * A lock, and a queue in which callers sleep until the state that the lock protects has changed.
 *
 * {@link Condition.wait} releases the lock, sleeps until {@link Condition.notify}, and holds the lock
 * again when it settles. Sleepers are notified in FIFO order.
 *
 * @example Hand over items
 * ```ts
 * import { Condition } from "@aio/sync";
 *
 * const condition = new Condition();
 * const items: string[] = [];
 *
 * async function take(): Promise<string> {
 *   using _guard = await condition.acquire();
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
  readonly #sleepers = new WaitQueue<void>(activity);

  /**
   * @param lock - The lock to use.
   * @defaultValue a new lock
   * @throws {TypeError} If `lock` is not a {@link Lock}, or comes from another copy of this package.
   */
  constructor(lock?: Lock | null) {
    this.lock = lock === undefined || lock === null ? new Lock() : checkedLock(lock);
  }

  /**
   * Acquire the lock: {@link Lock.acquire}.
   *
   * @throws {CancelledError} If `signal` aborts first; the lock is unchanged, and the caller has left
   * the queue. A `signal` that has already aborted rejects even if the lock is free.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `signal` is not an AbortSignal, or an option is unknown; nothing changes.
   * @see asyncio.Condition.acquire
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.lock.acquire(options);
  }

  /** Take the lock if it is free: {@link Lock.tryAcquire}. */
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
   * Whether the lock is held.
   *
   * @see asyncio.Condition.locked
   */
  locked(): boolean {
    return this.lock.locked();
  }

  /**
   * Call `fn` while holding the lock: {@link Lock.run}.
   *
   * @throws {CancelledError} If `signal` aborts first; `fn` is not called and the lock is unchanged. A
   * `signal` that has already aborted rejects even if the lock is free.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `fn` is not a function, `signal` is not an AbortSignal, or an option is
   * unknown; nothing changes.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return this.lock.run(fn, options);
  }

  /**
   * Release the lock, sleep until notified, and acquire the lock again.
   *
   * The guard that held the lock holds it again afterwards, whether this resolves or rejects. While
   * this sleeps, releasing the guard does nothing: end the wait with `signal`, not with a
   * `Promise.race`. Once this settles, the state may have changed again: check it in a loop, or use
   * {@link Condition.waitFor}.
   *
   * @returns Always `true`.
   * @throws {CancelledError} If `signal` aborts first; the lock is held again by then, and a
   * notification that had arrived has gone to the next sleeper. A `signal` that has already aborted
   * rejects without releasing the lock.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {RuntimeError} If the lock is not held.
   * @throws {TypeError} If `signal` is not an AbortSignal, or an option is unknown; nothing changes.
   * @see asyncio.Condition.wait
   */
  wait(options?: WaitOptions): Promise<true> {
    const signal = checkedSignal(options, activity);
    if (signal instanceof Promise) return signal;
    const guard = lockInternals.holderOf(this.lock);
    if (guard === undefined) {
      return Promise.reject(new RuntimeError("Cannot wait on the condition: its lock is not held"));
    }
    const { promise, resolve, reject } = deferred<true>();
    if (signal === undefined) {
      this.#sleepers.add(new Sleeper(this.lock, guard, resolve));
    } else {
      const sleeper = new AbortableSleeper(this.#sleepers, this.lock, guard, resolve, reject);
      try {
        // First, because it may throw: a frozen Node signal refuses listeners.
        sleeper.listenTo(signal);
      } catch (error) {
        return Promise.reject(error);
      }
      this.#sleepers.add(sleeper);
    }
    // A foreign signal's addEventListener() may have released the lock.
    if (lockInternals.isHeldBy(this.lock, guard)) this.lock.release();
    return promise;
  }

  /**
   * Wait until `predicate` returns something truthy.
   *
   * It is called with the lock held: once immediately, then after each notification.
   *
   * @returns What `predicate` returned.
   * @throws What `predicate` throws, with the lock held.
   * @throws {CancelledError} If `signal` aborts first; the lock is held again by then. A `signal` that
   * has already aborted rejects even if `predicate` would return something truthy; it is not called.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {RuntimeError} If it has to wait and the lock is not held.
   * @throws {TypeError} If `predicate` is not a function, or returns a promise, which is always truthy.
   * @see asyncio.Condition.wait_for
   */
  async waitFor<T>(
    predicate: (() => T) & ImmediateAnswer<T>,
    options?: WaitOptions,
  ): Promise<Truthy<T>> {
    checkedFunction("predicate", predicate);
    const signal = checkedSignal(options, activity);
    if (signal instanceof Promise) return signal;
    for (;;) {
      const value: T = predicate();
      if (isThenable(value)) {
        // The TypeError reports the mistake. A rejection that no one handles would end the process.
        // Other thenables, such as the queries of some libraries, do nothing unless `then` is called.
        if (value instanceof Promise) value.catch(() => {});
        throw invalidArgumentValue("Cannot wait for the predicate: it returned a promise");
      }
      if (value) return value as Truthy<T>;
      await this.wait({ signal });
    }
  }

  /**
   * Notify the first `n` sleepers. Each wakes once the lock is handed to it.
   *
   * @param n - How many; none if it is 0 or less.
   * @throws {RuntimeError} If the lock is not held.
   * @throws {TypeError} If `n` is not a number.
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
   * Notify all current sleepers.
   *
   * @throws {RuntimeError} If the lock is not held.
   * @see asyncio.Condition.notify_all
   */
  notifyAll(): void {
    this.notify(Infinity);
  }

  static {
    brand(this, "Condition");
    inspectAs(this, (condition) =>
      stateOf(condition, condition.locked() ? "locked" : "unlocked", condition.#sleepers.size),
    );
  }
}

/** The part of a type that is truthy. */
export type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined | 0n>;

/**
 * What a predicate may return: anything but a promise, which is always truthy, so returning one is a
 * mistake. `any` is accepted.
 */
export type ImmediateAnswer<T> = 0 extends 1 & T
  ? unknown
  : [Extract<T, PromiseLike<unknown>>] extends [never]
    ? unknown
    : never;

const activity = "waiting on the condition";

// A lock of another copy passes instanceof, but has private fields that this copy cannot access.
function checkedLock(lock: unknown): Lock {
  if (!(lock instanceof Lock)) throw invalidArgumentType("lock", "a Lock", lock);
  if (lockInternals.isOfThisCopy(lock)) return lock;
  throw invalidArgumentValue(
    "Cannot use the lock: it comes from another copy of @aio/sync (ESM and CommonJS, or two versions)",
  );
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
