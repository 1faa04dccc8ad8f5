import { brand, codeOf, nameOf } from "./brand.ts";

/**
 * The call does not fit the state of its object: releasing a lock that is not held, a second read of
 * one stream at a time.
 *
 * @example Release a lock that is not held
 * ```ts
 * import { RuntimeError } from "@aio/errors";
 * import { Lock } from "@aio/sync";
 *
 * try {
 *   new Lock().release();
 * } catch (error) {
 *   console.log(error instanceof RuntimeError); // true
 * }
 * ```
 *
 * @see RuntimeError, of Python
 */
export class RuntimeError extends Error {
  /** The name of the class or of the subclass. */
  override readonly name: string = nameOf(this);
  /** Tells this error from others: `"ERR_RUNTIME"`, or the code of the subclass. */
  readonly code: string = codeOf(this);

  static {
    brand(this, "RuntimeError", "RuntimeError", "ERR_RUNTIME");
  }
}

/**
 * An object is in a state that does not allow the operation.
 *
 * @example Throw it from a class of your own
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
  /** Tells this error from others: no other error has it. */
  readonly code: "ERR_INVALID_STATE" = codeOf(this);

  static {
    brand(this, "InvalidStateError", "InvalidStateError", "ERR_INVALID_STATE");
  }
}

/**
 * A barrier was reset or aborted while the caller waited at it, or was broken already.
 *
 * @example Catch it as the RuntimeError that it is
 * ```ts
 * import { BrokenBarrierError, RuntimeError } from "@aio/errors";
 *
 * const error = new BrokenBarrierError("Cannot wait at the barrier: it is broken");
 * console.log(error instanceof RuntimeError); // true
 * ```
 *
 * @see asyncio.BrokenBarrierError
 */
export class BrokenBarrierError extends RuntimeError {
  declare readonly name: "BrokenBarrierError";
  declare readonly code: "ERR_BROKEN_BARRIER";

  static {
    brand(this, "BrokenBarrierError", "BrokenBarrierError", "ERR_BROKEN_BARRIER");
  }
}
