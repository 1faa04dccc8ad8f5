import type { WaitOptions } from "@aio/errors";
import { inspectAs, stateOf } from "./inspect.ts";
import { admit } from "./options.ts";
import { WaitQueue } from "./wait-queue.ts";

const raised = Promise.resolve<true>(true);

/**
 * A flag that any number of callers can wait for.
 *
 * It starts down. {@link Event.wait} sleeps until {@link Event.set} raises it, and from then on
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
  readonly #waiters = new WaitQueue<true>();
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
   * Raise the flag and wake everyone who waits, in the order in which they came. Raising it twice
   * does nothing more.
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
   * Lower the flag: who waits from now on sleeps until the next {@link Event.set}.
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
   * @throws {CancelledError} If `signal` aborts first; the flag is left as it is. A `signal` that
   * has aborted already rejects even if the flag is up.
   * @throws {TimeoutError} In its place, if the signal is one of `AbortSignal.timeout`.
   * @throws {TypeError} If `signal` is no signal.
   * @see asyncio.Event.wait
   */
  wait(options?: WaitOptions): Promise<true> {
    const signal = options === undefined ? undefined : admit(options);
    if (signal instanceof Promise) return signal;
    if (this.#isSet) return raised;
    if (signal === undefined) {
      // Nothing can tell apart callers that come one after another and cannot be aborted, so they
      // share one promise, and set() costs one hop for all of them.
      if (this.#shared !== undefined) this.#sharing += 1;
      return (this.#shared ??= this.#waiters.wait(signal));
    }
    // Whoever comes behind this one has to wake behind it.
    this.#shared = undefined;
    return this.#waiters.wait(signal);
  }

  get [Symbol.toStringTag](): string {
    return "Event";
  }

  static {
    inspectAs(this, (event) =>
      stateOf("Event", event.#isSet ? "set" : "unset", event.#waiters.size + event.#sharing),
    );
  }
}

const up = (): true => true;
