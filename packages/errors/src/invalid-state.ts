import { brand, codeOf, nameOf } from "./brand.ts";

/**
 * An object is in a state that does not allow the operation.
 *
 * For your own classes, and for parity with asyncio, whose futures throw it. These packages do not throw it.
 *
 * @example Throw it from your own class
 * ```ts
 * import { InvalidStateError } from "@aio/errors";
 *
 * const error = new InvalidStateError("Cannot read the result: it is not set");
 * console.log(error.code); // ERR_INVALID_STATE
 * ```
 *
 * @see asyncio.InvalidStateError
 */
export class InvalidStateError extends Error {
  /** The name of the class. */
  override readonly name: "InvalidStateError" = nameOf(this);
  /** A code that only this class has. */
  readonly code: "ERR_INVALID_STATE" = codeOf(this);

  static {
    brand(this, "InvalidStateError", "InvalidStateError", "ERR_INVALID_STATE");
  }
}
