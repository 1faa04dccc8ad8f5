import { brand } from "./brand.ts";
import { RuntimeError } from "./runtime.ts";

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
