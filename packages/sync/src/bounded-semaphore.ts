import { Semaphore, freePermits } from "./semaphore.ts";

/**
 * A semaphore that never has more permits than it began with.
 *
 * @example Find a release that is one too many
 * ```ts
 * import { BoundedSemaphore } from "@aio/sync";
 *
 * const slots = new BoundedSemaphore(2);
 * try {
 *   slots.release();
 * } catch (error) {
 *   console.log(error instanceof RangeError); // true
 * }
 * ```
 *
 * @see asyncio.BoundedSemaphore
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /**
   * @param value - How many permits there are: an integer from 0, or `Infinity`.
   * @throws {RangeError} If `value` is negative, `NaN` or a fraction.
   * @throws {TypeError} If `value` is no number.
   */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Give one permit back and hand it to the first who waits.
   *
   * @throws {RangeError} If all permits are free already; nothing has changed then.
   * @see asyncio.BoundedSemaphore.release
   */
  override release(): void {
    // Infinity less one is Infinity: all of them look free, whatever was acquired.
    if (freePermits(this) >= this.#bound && this.#bound !== Infinity) {
      throw new RangeError(
        `Cannot release the semaphore: all of its ${this.#bound} permits are free`,
      );
    }
    super.release();
  }

  override get [Symbol.toStringTag](): string {
    return "BoundedSemaphore";
  }
}
