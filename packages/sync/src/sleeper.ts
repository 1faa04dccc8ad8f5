import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";
import type { Guard } from "./guard.ts";
import { type Lock, lockInternals } from "./lock.ts";
import type { WaitQueue, Waiter } from "./wait-queue.ts";

// A caller of Condition.wait() waits twice: first asleep in the condition's queue, then in the
// lock's queue. A notification or an abort moves it directly to the end of the lock's queue, where it
// stays until it has the lock, so the lock is held when wait() settles. An abort rejects even after a
// notification, which then goes to the next sleeper:
//
//     asleep ──notified──▶ queued for the lock ──has the lock──▶ resolves with true
//        │                    │ abort: the notification goes to the next sleeper
//        └─────abort──────────┴▶ queued for the lock ──has the lock──▶ rejects
//
// So no notification is lost to a sleeper that rejects, and none wakes two sleepers.

/** One `wait()` on a condition without a signal: about half the size of one with a signal. */
export class Sleeper implements Waiter<unknown> {
  place = 0;
  readonly #lock: Lock;
  readonly guard: Guard;
  readonly #resolve: (value: true) => void;
  #awake = false;

  constructor(lock: Lock, guard: Guard, resolve: (value: true) => void) {
    this.#lock = lock;
    this.guard = guard;
    this.#resolve = resolve;
  }

  /** Called when the first wait ends, with a notification, and when the second ends, with the lock. */
  settle(): void {
    if (this.#awake) {
      this.#resolve(true);
    } else {
      this.#awake = true;
      lockInternals.takeBack(this.#lock, this);
    }
  }
}

/** One `wait()` on a condition with a signal. */
export class AbortableSleeper extends AbortListener implements Waiter<unknown> {
  place = 0;
  readonly #sleepers: WaitQueue<void>;
  readonly #lock: Lock;
  readonly guard: Guard;
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
    this.guard = guard;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override get activity(): string {
    return this.#sleepers.activity;
  }

  /**
   * Called when the first wait ends, with a notification or an abort, and when the second ends, with
   * the lock.
   */
  settle(): void {
    if (!this.#awake) {
      this.#awake = true;
      lockInternals.takeBack(this.#lock, this);
      return;
    }
    this.stopListening();
    if (this.#cancellation === undefined) this.#resolve(true);
    else this.#reject(this.#cancellation);
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#cancellation = error;
    if (this.#awake) {
      if (this.#sleepers.size > 0) this.#sleepers.wake();
    } else {
      this.#sleepers.remove(this);
      this.settle();
    }
  }
}
