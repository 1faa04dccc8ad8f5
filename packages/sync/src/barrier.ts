import { BrokenBarrierError, type WaitOptions, invalidArgumentType, outOfRange } from "@aio/errors";
import { inspectAs } from "./inspect.ts";
import { admit } from "./options.ts";
import { WaitQueue } from "./wait-queue.ts";

/**
 * A place where a fixed number of callers meet before any of them goes on.
 *
 * The call that completes the number releases all of them, in the order in which they came, and the
 * barrier is empty again for the next round: rounds never mix.
 *
 * @example Start together
 * ```ts
 * import { Barrier } from "@aio/sync";
 *
 * const start = new Barrier(3);
 * const places = await Promise.all([start.wait(), start.wait(), start.wait()]);
 * console.log(places); // [ 0, 1, 2 ]
 * ```
 *
 * @see asyncio.Barrier
 */
export class Barrier {
  readonly #parties: number;
  readonly #waiters = new WaitQueue<number>();
  #broken = false;

  /**
   * @param parties - How many callers meet: an integer from 1.
   * @throws {RangeError} If `parties` is below 1, infinite, `NaN` or a fraction.
   * @throws {TypeError} If `parties` is no number.
   */
  constructor(parties: number) {
    if (typeof parties !== "number") throw invalidArgumentType("parties", "a number", parties);
    if (!(parties >= 1 && Number.isInteger(parties))) {
      throw outOfRange("parties", "an integer from 1", parties);
    }
    this.#parties = parties;
  }

  /**
   * Wait until as many callers as there are parties wait here.
   *
   * @returns The caller's place among those of his round, from 0; the one that completes it has the
   * last place and does not wait.
   * @throws {CancelledError} If `signal` aborts first; the place is given up and the barrier goes
   * on filling, unbroken. A `signal` that has aborted already rejects, whatever the barrier's state.
   * @throws {TimeoutError} In its place, if the signal is one of `AbortSignal.timeout`.
   * @throws {BrokenBarrierError} If the barrier is broken, or is reset or aborted during the wait.
   * @throws {TypeError} If `signal` is no signal; nothing has changed then.
   * @see asyncio.Barrier.wait
   */
  wait(options?: WaitOptions): Promise<number> {
    const signal = options === undefined ? undefined : admit(options);
    if (signal instanceof Promise) return signal;
    if (this.#broken) return sentAway("Cannot wait at the barrier: it is broken");
    const last = this.#parties - 1;
    if (this.#waiters.size < last) return this.#waiters.wait(signal);
    this.#waiters.wakeAll(place);
    return Promise.resolve(last);
  }

  /**
   * Send everyone who waits away with a {@link BrokenBarrierError}, and begin with an empty barrier
   * that is not broken.
   *
   * @remarks Unlike asyncio's it is done when it returns; `await` does no harm. A round that is
   * complete stays complete: nobody of it is sent away.
   *
   * @see asyncio.Barrier.reset
   */
  reset(): void {
    this.#broken = false;
    this.#waiters.wakeAll(() => sentAway("Stopped waiting at the barrier: it was reset"));
  }

  /**
   * Break the barrier: everyone who waits, and everyone who comes before it is reset, is sent away
   * with a {@link BrokenBarrierError}.
   *
   * @remarks Unlike asyncio's it is done when it returns; `await` does no harm. A round that is
   * complete stays complete: nobody of it is sent away.
   *
   * @see asyncio.Barrier.abort
   */
  abort(): void {
    this.#broken = true;
    this.#waiters.wakeAll(() => sentAway("Stopped waiting at the barrier: it was aborted"));
  }

  /**
   * How many callers meet here.
   *
   * @see asyncio.Barrier.parties
   */
  get parties(): number {
    return this.#parties;
  }

  /**
   * How many callers wait here now.
   *
   * @see asyncio.Barrier.n_waiting
   */
  get nWaiting(): number {
    return this.#waiters.size;
  }

  /**
   * Whether the barrier was aborted and not reset since.
   *
   * @see asyncio.Barrier.broken
   */
  get broken(): boolean {
    return this.#broken;
  }

  get [Symbol.toStringTag](): string {
    return "Barrier";
  }

  static {
    inspectAs(this, ({ broken, nWaiting, parties }) =>
      broken ? "Barrier [broken]" : `Barrier [filling, waiters:${nWaiting}/${parties}]`,
    );
  }
}

const place = (index: number): number => index;

// Each caller gets an error of his own. It rejects through the caller's promise, which follows it:
// so a waiter needs no `reject` for the one case in which somebody else's call sends him away.
const sentAway = (message: string): Promise<never> =>
  Promise.reject(new BrokenBarrierError(message));
