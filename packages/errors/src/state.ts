import { brand, codeOf, nameOf } from "./brand.ts";

/**
 * A call is not allowed in the current state of its object, such as releasing a lock that is not held,
 * or a second read while one waits.
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
  /** `"ERR_RUNTIME"`, or the code of the subclass. */
  readonly code: string = codeOf(this);

  static {
    brand(this, "RuntimeError", "RuntimeError", "ERR_RUNTIME");
  }
}

/**
 * An object is in a state that does not allow the operation.
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

/**
 * A barrier was reset or aborted while the caller waited at it, or was already broken.
 *
 * @example Catch it as a RuntimeError
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
