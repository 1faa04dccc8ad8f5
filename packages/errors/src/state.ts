import { brand } from "./brand.ts";

/**
 * The call makes no sense in the state that the object is in: a lock released that is not held, two
 * reads of one stream at a time.
 *
 * @example Release a lock that nobody holds
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
  declare readonly name: string;
  declare readonly code: string;

  static {
    brand(this, "RuntimeError", "RuntimeError", "ERR_RUNTIME");
  }
}

/**
 * An object is in a state that does not allow what was asked of it.
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
  declare readonly name: "InvalidStateError";
  declare readonly code: "ERR_INVALID_STATE";

  static {
    brand(this, "InvalidStateError", "InvalidStateError", "ERR_INVALID_STATE");
  }
}

/**
 * A barrier was reset or aborted while the caller waited at it, or was broken when the caller came.
 *
 * @example Meet at a barrier that somebody broke
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
