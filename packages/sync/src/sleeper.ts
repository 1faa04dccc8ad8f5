import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";
import type { Guard } from "./guard.ts";
import { type Lock, lockInternals } from "./lock.ts";
import type { WaitQueue, Waiter } from "./wait-queue.ts";

// A caller that waits on a condition waits twice: asleep in the condition's queue, then awake in the
// lock's. A notification or an abort moves it from the one straight to the end of the other, and there
// it stays whatever happens next, so the lock is held again whenever wait() settles. What it settles
// with is decided by what came first:
//
//     asleep ──notified──▶ queued for the lock ──has the lock──▶ resolves with true
//        │                    │ abort: the notification goes to the next sleeper
//        └─────abort──────────┴▶ queued for the lock ──has the lock──▶ rejects
//
// So no notification is lost on a sleeper that does not take it, and none wakes two.

/** One `wait()` on a condition that nothing can abort: half the size of one that can be aborted. */
export class Sleeper implements Waiter<unknown> {
  place = 0;
  readonly #lock: Lock;
  readonly #guard: Guard;
  readonly #resolve: (value: true) => void;
  #awake = false;

  constructor(lock: Lock, guard: Guard, resolve: (value: true) => void) {
    this.#lock = lock;
    this.#guard = guard;
    this.#resolve = resolve;
  }

  /** The end of the first wait, a notification; then of the second, the lock. */
  settle(): void {
    if (this.#awake) {
      // Not the guard that the lock made for this turn: the one that the caller holds.
      lockInternals.restore(this.#lock, this.#guard);
      this.#resolve(true);
    } else {
      this.#awake = true;
      lockInternals.takeBack(this.#lock, this);
    }
  }
}

/** One `wait()` on a condition that a signal can abort. */
export class AbortableSleeper extends AbortListener implements Waiter<unknown> {
  place = 0;
  readonly #sleepers: WaitQueue<void>;
  readonly #lock: Lock;
  readonly #guard: Guard;
  readonly #resolve: (value: true) => void;
  readonly #reject: (error: unknown) => void;
  #awake = false;
  #cancellation: CancelledError | TimeoutError | undefined = undefined;

  constructor(
    sleepers: WaitQueue<void>,
    lock: Lock,
    guard: Guard,
    resolve: (value: true) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.#sleepers = sleepers;
    this.#lock = lock;
    this.#guard = guard;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override get activity(): string {
    return this.#sleepers.activity;
  }

  /** The end of the first wait, a notification; then of the second, the lock. */
  settle(): void {
    if (!this.#awake) {
      this.#queueForLock();
      return;
    }
    this.stopListening();
    // Not the guard that the lock made for this turn: the one that the caller holds.
    lockInternals.restore(this.#lock, this.#guard);
    if (this.#cancellation === undefined) this.#resolve(true);
    else this.#reject(this.#cancellation);
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#cancellation = error;
    if (this.#awake) {
      if (this.#sleepers.size > 0) this.#sleepers.wake();
    } else {
      this.#sleepers.remove(this);
      this.#queueForLock();
    }
  }

  #queueForLock(): void {
    this.#awake = true;
    lockInternals.takeBack(this.#lock, this);
  }
}
