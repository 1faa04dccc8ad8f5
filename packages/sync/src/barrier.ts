import { BrokenBarrierError, type WaitOptions, checkedInteger } from "@aio/errors";
import { brand } from "./brand.ts";
import { inspectAs } from "./inspect.ts";
import { checkedSignal } from "./options.ts";
import { WaitQueue, rejecting } from "./wait-queue.ts";

/**
 * A point at which a fixed number of callers wait for each other before any of them continues.
 *
 * The call that completes the round releases all of them, in FIFO order, and the barrier is empty again
 * for the next round. Rounds never mix.
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
  readonly #waiters = new WaitQueue<number>(activity);
  #broken = false;

  /**
   * @param parties - How many callers complete a round: an integer of at least 1.
   * @throws {RangeError} If `parties` is below 1, infinite, `NaN` or a fraction.
   * @throws {TypeError} If `parties` is not a number.
   */
  constructor(parties: number) {
    this.#parties = checkedInteger("parties", parties, 1);
  }

  /**
   * Wait until {@link Barrier.parties} callers have arrived.
   *
   * @returns The caller's place in its round, from 0. The caller that completes the round has the last
   * place and does not wait.
   * @throws {CancelledError} If `signal` aborts first; the caller has left, and the barrier keeps
   * filling, unbroken. A `signal` that has already aborted rejects, whatever the barrier's state.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {BrokenBarrierError} If the barrier is broken, or is reset or aborted during the wait.
   * @throws {TypeError} If `signal` is not an AbortSignal, or an option is unknown; nothing changes.
   * @see asyncio.Barrier.wait
   */
  wait(options?: WaitOptions): Promise<number> {
    const signal = checkedSignal(options, activity);
    if (signal instanceof Promise) return signal;
    if (this.#broken) {
      return Promise.reject(new BrokenBarrierError("Cannot wait at the barrier: it is broken"));
    }
    const last = this.#parties - 1;
    if (this.#waiters.size < last) return this.#waiters.wait(signal);
    this.#waiters.wakeAll(place);
    return Promise.resolve(last);
  }

  /**
   * Reject every waiter with a {@link BrokenBarrierError}, and make the barrier empty and not broken.
   *
   * @remarks Unlike asyncio, this is synchronous; awaiting it is harmless. A complete round stays
   * complete: none of its waiters is rejected.
   *
   * @see asyncio.Barrier.reset
   */
  reset(): void {
    this.#broken = false;
    this.#waiters.wakeAll(wasReset);
  }

  /**
   * Break the barrier: reject every waiter, and every caller until it is reset, with a
   * {@link BrokenBarrierError}.
   *
   * @remarks Unlike asyncio, this is synchronous; awaiting it is harmless. A complete round stays
   * complete: none of its waiters is rejected.
   *
   * @see asyncio.Barrier.abort
   */
  abort(): void {
    this.#broken = true;
    this.#waiters.wakeAll(wasAborted);
  }

  /**
   * How many callers complete a round.
   *
   * @see asyncio.Barrier.parties
   */
  get parties(): number {
    return this.#parties;
  }

  /**
   * How many callers are waiting.
   *
   * @see asyncio.Barrier.n_waiting
   */
  get nWaiting(): number {
    return this.#waiters.size;
  }

  /**
   * Whether the barrier was aborted and has not been reset since.
   *
   * @see asyncio.Barrier.broken
   */
  get broken(): boolean {
    return this.#broken;
  }

  static {
    brand(this, "Barrier");
    inspectAs(this, ({ broken, nWaiting, parties }) =>
      broken ? "Barrier [broken]" : `Barrier [filling, waiters:${nWaiting}/${parties}]`,
    );
  }
}

const activity = "waiting at the barrier";
const place = (index: number): number => index;

// Functions, because each waiter gets a separate error.
const wasReset = (): never =>
  rejecting(new BrokenBarrierError("Stopped waiting at the barrier: it was reset"));
const wasAborted = (): never =>
  rejecting(new BrokenBarrierError("Stopped waiting at the barrier: it was aborted"));
