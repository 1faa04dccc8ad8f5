import { RuntimeError, type WaitOptions, checkedFunction } from "@aio/errors";
import { brand } from "./brand.ts";
import { type Guard, asGuard, disposable } from "./guard.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { checkedSignal } from "./options.ts";
import { WaitQueue, type Waiter } from "./wait-queue.ts";

/**
 * A lock (a mutex) that one caller holds at a time.
 *
 * It is fair: {@link Lock.release} hands it to the waiters in FIFO order, and newcomers never overtake.
 * It does not have an owner, so any caller may release it. It is not reentrant: acquiring a lock that
 * you already hold deadlocks.
 *
 * @example One writer at a time
 * ```ts
 * import { Lock } from "@aio/sync";
 *
 * const lock = new Lock();
 * let balance = 100;
 *
 * async function withdraw(amount: number): Promise<void> {
 *   using _guard = await lock.acquire();
 *   const before = balance;
 *   await Promise.resolve(); // a database, say
 *   balance = before - amount;
 * }
 *
 * await Promise.all([withdraw(30), withdraw(50)]);
 * console.log(balance); // 20
 * ```
 *
 * @see asyncio.Lock
 */
export class Lock {
  #holder: Guard | undefined = undefined;
  readonly #waiters = new WaitQueue<Guard>(activity);

  /**
   * Wait until the lock is free, and take it.
   *
   * A free lock is taken before this call returns.
   *
   * @returns The guard that releases it, once: `using _guard = await lock.acquire()`.
   * @throws {CancelledError} If `signal` aborts first; the lock is unchanged, and the caller has left
   * the queue. A `signal` that has already aborted rejects even if the lock is free.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `signal` is not an AbortSignal, or an option is unknown; nothing changes.
   * @see asyncio.Lock.acquire
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    const signal = checkedSignal(options, activity);
    if (signal instanceof Promise) return signal;
    if (this.#holder !== undefined) return this.#waiters.wait(signal);
    return Promise.resolve((this.#holder = new DisposableGuard(this)));
  }

  /**
   * Take the lock if it is free.
   *
   * @returns The guard that releases it; `null` if the lock is held.
   */
  tryAcquire(): Guard | null {
    return this.#holder === undefined ? (this.#holder = new DisposableGuard(this)) : null;
  }

  /**
   * Release the lock, even if another caller holds it, and hand it to the first waiter.
   *
   * The holder's guard does nothing from then on. Prefer the guard's `release()`: it never releases
   * another caller's acquisition.
   *
   * @throws {RuntimeError} If the lock is not held.
   * @see asyncio.Lock.release
   */
  release(): void {
    if (this.#holder === undefined) {
      throw new RuntimeError("Cannot release the lock: it is not held");
    }
    this.#passOn();
  }

  /**
   * Whether the lock is held.
   *
   * @see asyncio.Lock.locked
   */
  locked(): boolean {
    return this.#holder !== undefined;
  }

  /**
   * Call `fn` while holding the lock, and release it when `fn` has settled, however it settles.
   *
   * @returns What `fn` returns or resolves to; an error of `fn` rejects with that error.
   * @throws {CancelledError} If `signal` aborts first; `fn` is not called and the lock is unchanged. A
   * `signal` that has already aborted rejects even if the lock is free.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `fn` is not a function, `signal` is not an AbortSignal, or an option is
   * unknown; nothing changes.
   */
  async run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    checkedFunction("fn", fn);
    const guard = await this.acquire(options);
    try {
      return await fn();
    } finally {
      guard.release();
    }
  }

  #passOn(): void {
    if (this.#waiters.size === 0) {
      this.#holder = undefined;
      return;
    }
    const waiter = this.#waiters.shift();
    if (typeof waiter === "function") waiter((this.#holder = new DisposableGuard(this)));
    else waiter.settle((this.#holder = waiter.guard ?? new DisposableGuard(this)));
  }

  static {
    brand(this, "Lock");
    inspectAs(this, (lock) =>
      stateOf(lock, lock.locked() ? "locked" : "unlocked", lock.#waiters.size),
    );
    releaseHeldBy = (lock, guard) => {
      if (lock.#holder === guard) lock.#passOn();
    };
    lockInternals = {
      isOfThisCopy: (lock) => #holder in lock,
      holderOf: (lock) => lock.#holder,
      takeBack(lock, waiter) {
        if (lock.#holder === undefined) waiter.settle((lock.#holder = waiter.guard));
        else lock.#waiters.add(waiter);
      },
      isHeldBy: (lock, guard) => lock.#holder === guard,
    };
  }
}

const activity = "waiting for the lock";

// `var`, because the static block above assigns both before these lines run: `let` would throw.

/** How a condition gets its lock back for the same guard. */
export var lockInternals: {
  /** Whether the lock was created by this copy of the package. The other methods require that. */
  isOfThisCopy(lock: object): boolean;
  /** The guard that holds the lock, or `undefined` if the lock is free. */
  holderOf(lock: Lock): Guard | undefined;
  /** Queue for the lock, behind all waiters; `waiter` is settled once its guard holds the lock. */
  takeBack(lock: Lock, waiter: Waiter<Guard> & { readonly guard: Guard }): void;
  isHeldBy(lock: Lock, guard: Guard): boolean;
};

var releaseHeldBy: (lock: Lock, guard: Guard) => void;

class LockGuard implements Guard {
  declare readonly release: () => void;
  declare readonly [Symbol.dispose]: () => void;
  readonly #lock: Lock;

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  static {
    asGuard<LockGuard>(
      this,
      (guard) => releaseHeldBy(guard.#lock, guard),
      (guard) => lockInternals.isHeldBy(guard.#lock, guard),
    );
  }
}

const DisposableGuard = disposable(LockGuard);
