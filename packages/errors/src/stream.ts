import { brand, codeOf, nameOf } from "./brand.ts";

/**
 * The input ended before all the requested bytes had arrived.
 *
 * @example Use the partial data
 * ```ts
 * import { IncompleteReadError } from "@aio/errors";
 *
 * const error = new IncompleteReadError(new Uint8Array(3), 10);
 * console.log(error.message); // 3 bytes read on a total of 10 expected bytes
 * console.log(error.partial.byteLength); // 3
 * ```
 *
 * @see asyncio.IncompleteReadError
 */
export class IncompleteReadError extends Error {
  /** The name of the class. */
  override readonly name: "IncompleteReadError" = nameOf(this);
  /** A code that only this class has. */
  readonly code: "ERR_INCOMPLETE_READ" = codeOf(this);

  /** How many bytes were requested; `undefined` if the wait was for a separator. */
  readonly expected: number | undefined;

  // Not an own property, which loggers would print in full.
  readonly #partial: Uint8Array;

  constructor(partial: Uint8Array, expected?: number) {
    const awaited =
      expected === undefined
        ? "before the end of the input, without the separator"
        : `on a total of ${expected} expected bytes`;
    super(`${partial.byteLength} bytes read ${awaited}`);
    this.expected = expected;
    this.#partial = partial;
  }

  /**
   * What was read before the input ended, possibly nothing. The reader no longer holds it, and
   * loggers do not print it.
   */
  get partial(): Uint8Array {
    return this.#partial;
  }

  static {
    brand(this, "IncompleteReadError", "IncompleteReadError", "ERR_INCOMPLETE_READ");
  }
}

/** Options of {@link LimitOverrunError}. */
export interface LimitOverrunOptions extends ErrorOptions {
  /**
   * The limit, in bytes.
   *
   * @defaultValue undefined: the message is used unchanged
   */
  readonly limit?: number | undefined;
  /**
   * The name of the option that raises the limit.
   *
   * @defaultValue "limit"
   */
  readonly option?: string | undefined;
}

/**
 * A separator, or the end of the input, did not arrive within a limit.
 *
 * @example Name the limit, and the option that raises it
 * ```ts
 * import { LimitOverrunError } from "@aio/errors";
 *
 * const error = new LimitOverrunError("Found no separator", 65_537, { limit: 65_536 });
 * console.log(error.message); // Found no separator within the limit of 65536 bytes (option limit)
 * console.log(error.consumed); // 65537
 * ```
 *
 * @see asyncio.LimitOverrunError
 */
export class LimitOverrunError extends Error {
  /** The name of the class. */
  override readonly name: "LimitOverrunError" = nameOf(this);
  /** A code that only this class has. */
  readonly code: "ERR_LIMIT_OVERRUN" = codeOf(this);

  /**
   * After `readuntil()`, how many bytes can be taken from the reader without splitting a separator.
   * After `readline()`, how many bytes of the line had arrived, without its newline; they were dropped.
   * With `maxOutput`, how many bytes of output had been collected.
   */
  readonly consumed: number;
  /** The limit, in bytes, if it was given. */
  readonly limit: number | undefined;

  /**
   * @param message - What could not be done. With a limit, the message continues with
   * `within the limit of 65536 bytes (option limit)`.
   */
  constructor(message: string, consumed: number, options: LimitOverrunOptions = {}) {
    const { limit, option = "limit", ...errorOptions } = options;
    const bound =
      limit === undefined ? "" : ` within the limit of ${limit} bytes (option ${option})`;
    super(message + bound, errorOptions);
    this.consumed = consumed;
    this.limit = limit;
  }

  static {
    brand(this, "LimitOverrunError", "LimitOverrunError", "ERR_LIMIT_OVERRUN");
  }
}
