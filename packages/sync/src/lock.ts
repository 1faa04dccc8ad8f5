import { RuntimeError, type WaitOptions, invalidArgumentType } from "@aio/errors";
import { type Guard, dispose } from "./guard.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { admit } from "./options.ts";
import { WaitQueue, type Waiter } from "./wait-queue.ts";

let releaseHeldBy: (lock: Lock, guard: Guard) => void;

/** What a condition does to have its lock back, after it gave it up, as it was. */
export let loan: {
  /** The guard that holds the lock, or `undefined` if the lock is free. */
  guardOf(lock: Lock): Guard | undefined;
  /** Queue for the lock behind all who do already; `waiter` is settled when it has the lock. */
  takeBack(lock: Lock, waiter: Waiter<Guard>): void;
  /** Make `guard`, which held the lock before, the one that holds it again. */
  restore(lock: Lock, guard: Guard): void;
};

/**
 * A lock that one caller holds at a time.
 *
 * It goes to those who wait in the order in which they came: {@link Lock.release} hands it to the
 * first of them at once, and nobody can come in between. It belongs to nobody in particular (anyone
 * may release it), and it is not reentrant: who holds it and acquires it again waits for himself.
 *
 * @example One writer at a time
 * ```ts
 * import { Lock } from "@aio/sync";
 *
 * const lock = new Lock();
 * let balance = 100;
 *
 * async function withdraw(amount: number): Promise<void> {
 *   using guard = await lock.acquire();
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
  readonly #waiters = new WaitQueue<Guard>();

  /**
   * Wait until the lock is free, and take it.
   *
   * A free lock is taken before this call returns.
   *
   * @returns The guard to release it with, once: `using guard = await lock.acquire()`.
   * @throws {CancelledError} If `signal` aborts first; the lock is left as it is and the place in
   * the queue is given up. A `signal` that has aborted already rejects even if the lock is free.
   * @throws {TimeoutError} In its place, if the signal is one of `AbortSignal.timeout`.
   * @throws {TypeError} If `signal` is no signal; nothing has changed then.
   * @see asyncio.Lock.acquire
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    const signal = options === undefined ? undefined : admit(options);
    if (signal instanceof Promise) return signal;
    if (this.#holder !== undefined) return this.#waiters.wait(signal);
    return Promise.resolve((this.#holder = new LockGuard(this)));
  }

  /**
   * Take the lock if that needs no waiting.
   *
   * @returns The guard to release it with; `null` if the lock is held.
   */
  tryAcquire(): Guard | null {
    return this.#holder === undefined ? (this.#holder = new LockGuard(this)) : null;
  }

  /**
   * Release the lock, whoever holds it, and hand it to the first who waits.
   *
   * The guard of who held it does nothing from now on. Prefer that guard's own `release()`: it can
   * never release the acquisition of somebody else.
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
   * Whether somebody holds the lock.
   *
   * @see asyncio.Lock.locked
   */
  locked(): boolean {
    return this.#holder !== undefined;
  }

  /**
   * Call `fn` while holding the lock, and release it when `fn` has settled, however it has.
   *
   * @returns What `fn` returns or resolves with; what it throws or rejects with passes through.
   * @throws {CancelledError} If `signal` aborts first; `fn` is not called and the lock is left as it is.
   * @throws {TypeError} If `fn` is no function, or `signal` no signal; nothing has changed then.
   */
  async run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    if (typeof fn !== "function") throw invalidArgumentType("fn", "a function", fn);
    const guard = await this.acquire(options);
    try {
      return await fn();
    } finally {
      guard.release();
    }
  }

  get [Symbol.toStringTag](): string {
    return "Lock";
  }

  #passOn(): void {
    if (this.#waiters.size === 0) this.#holder = undefined;
    else this.#waiters.wake((this.#holder = new LockGuard(this)));
  }

  static {
    inspectAs(this, (lock) =>
      stateOf("Lock", lock.locked() ? "locked" : "unlocked", lock.#waiters.size),
    );
    releaseHeldBy = (lock, guard) => {
      if (lock.#holder === guard) lock.#passOn();
    };
    loan = {
      guardOf(lock) {
        return lock.#holder;
      },
      takeBack(lock, waiter) {
        if (lock.#holder === undefined) waiter.settle((lock.#holder = new LockGuard(lock)));
        else lock.#waiters.add(waiter);
      },
      restore(lock, guard) {
        lock.#holder = guard;
      },
    };
  }
}

class LockGuard implements Guard {
  readonly #lock: Lock;

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  release(): void {
    releaseHeldBy(this.#lock, this);
  }

  [dispose](): void {
    releaseHeldBy(this.#lock, this);
  }
}
