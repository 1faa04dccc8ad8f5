import { brand } from "./brand.ts";

/**
 * The input ended before everything that was asked for had come.
 *
 * @example Take what did come
 * ```ts
 * import { IncompleteReadError } from "@aio/errors";
 *
 * const error = new IncompleteReadError(new Uint8Array(3), 10);
 * console.log(error.message); // 3 bytes read on a total of 10 expected bytes
 * ```
 *
 * @see asyncio.IncompleteReadError
 */
export class IncompleteReadError extends Error {
  declare readonly name: "IncompleteReadError";
  declare readonly code: "ERR_INCOMPLETE_READ";

  /** What was read before the input ended, possibly nothing. The reader no longer holds it. */
  readonly partial: Uint8Array;
  /** How many bytes were asked for; `undefined` when the wait was for a separator. */
  readonly expected: number | undefined;

  constructor(partial: Uint8Array, expected?: number) {
    const total = expected ?? "undefined";
    super(`${partial.byteLength} bytes read on a total of ${total} expected bytes`);
    this.partial = partial;
    this.expected = expected;
  }

  static {
    brand(this, "IncompleteReadError", "IncompleteReadError", "ERR_INCOMPLETE_READ");
  }
}

/**
 * A separator did not come within the reader's limit.
 *
 * @example Skip what is too long
 * ```ts
 * import { LimitOverrunError } from "@aio/errors";
 *
 * const error = new LimitOverrunError("Separator is not found, and chunk exceed the limit", 65_537);
 * console.log(error.consumed); // 65537
 * ```
 *
 * @see asyncio.LimitOverrunError
 */
export class LimitOverrunError extends Error {
  declare readonly name: "LimitOverrunError";
  declare readonly code: "ERR_LIMIT_OVERRUN";

  /** How many bytes can be taken from the reader without cutting a separator in two. */
  readonly consumed: number;

  constructor(message: string, consumed: number) {
    super(message);
    this.consumed = consumed;
  }

  static {
    brand(this, "LimitOverrunError", "LimitOverrunError", "ERR_LIMIT_OVERRUN");
  }
}
