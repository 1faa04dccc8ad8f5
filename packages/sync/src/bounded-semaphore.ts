import { brand } from "./brand.ts";
import { Semaphore, freePermits } from "./semaphore.ts";

/**
 * A semaphore that never has more permits than its initial value.
 *
 * @example Detect an extra release
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
   * @param value - The number of permits: an integer of at least 0, or `Infinity`.
   * @throws {RangeError} If `value` is negative, `NaN` or a fraction.
   * @throws {TypeError} If `value` is not a number.
   */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Give one permit back and hand it to the first waiter.
   *
   * @throws {RangeError} If all permits are free; nothing changes.
   * @see asyncio.BoundedSemaphore.release
   */
  override release(): void {
    // Infinity minus one is Infinity: all permits would look free, however many are acquired.
    if (freePermits(this) >= this.#bound && this.#bound !== Infinity) {
      throw new RangeError(
        `Cannot release the semaphore: all of its ${this.#bound} permits are free`,
      );
    }
    super.release();
  }

  static {
    brand(this, "BoundedSemaphore");
  }
}
