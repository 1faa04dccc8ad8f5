import type { WaitOptions } from "@aio/errors";
import { brand } from "./brand.ts";
import { inspectAs, stateOf } from "./inspect.ts";
import { checkedSignal } from "./options.ts";
import { WaitQueue } from "./wait-queue.ts";

/**
 * A flag that any number of callers can wait for.
 *
 * It starts lowered. {@link Event.wait} sleeps until {@link Event.set} raises it, and from then on
 * returns at once, until {@link Event.clear} lowers it again.
 *
 * @example Hold requests back until the cache is warm
 * ```ts
 * import { Event } from "@aio/sync";
 *
 * const warm = new Event();
 * async function answer(): Promise<string> {
 *   await warm.wait();
 *   return "hello";
 * }
 *
 * const answers = Promise.all([answer(), answer()]);
 * warm.set();
 * console.log(await answers); // [ 'hello', 'hello' ]
 * ```
 *
 * @see asyncio.Event
 */
export class Event {
  #isSet = false;
  readonly #waiters = new WaitQueue<true>(activity);
  #shared: Promise<true> | undefined = undefined;
  #sharing = 0;

  /**
   * Whether the flag is up.
   *
   * @see asyncio.Event.is_set
   */
  isSet(): boolean {
    return this.#isSet;
  }

  /**
   * Raise the flag and wake all waiters, in FIFO order. Raising it again has no effect.
   *
   * @see asyncio.Event.set
   */
  set(): void {
    this.#isSet = true;
    this.#shared = undefined;
    this.#sharing = 0;
    this.#waiters.wakeAll(up);
  }

  /**
   * Lower the flag: later waits sleep until the next {@link Event.set}.
   *
   * @see asyncio.Event.clear
   */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Wait until the flag is up.
   *
   * @returns Always `true`. By the time the caller runs, the flag may be down again.
   * @throws {CancelledError} If `signal` aborts first; the flag is unchanged. A `signal` that has
   * already aborted rejects even if the flag is up.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {TypeError} If `signal` is not an AbortSignal, or an option is unknown.
   * @see asyncio.Event.wait
   */
  wait(options?: WaitOptions): Promise<true> {
    const signal = checkedSignal(options, activity);
    if (signal instanceof Promise) return signal;
    if (this.#isSet) return raised;
    if (signal === undefined) {
      // Consecutive callers without a signal are indistinguishable, so they share one promise, and
      // set() settles it for all of them at once.
      if (this.#shared !== undefined) this.#sharing += 1;
      return (this.#shared ??= this.#waiters.wait(signal));
    }
    // FIFO: later callers must wake after this waiter, so they cannot share an earlier promise.
    this.#shared = undefined;
    return this.#waiters.wait(signal);
  }

  static {
    brand(this, "Event");
    inspectAs(this, (event) =>
      stateOf(event, event.#isSet ? "set" : "unset", event.#waiters.size + event.#sharing),
    );
  }
}

const activity = "waiting for the event";
const raised = Promise.resolve<true>(true);
const up = (): true => true;
