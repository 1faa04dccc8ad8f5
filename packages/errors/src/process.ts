import { brand } from "./brand.ts";

/**
 * A signal was sent to a process that is gone.
 *
 * @example Kill what may have ended already
 * ```ts
 * import { ProcessLookupError } from "@aio/errors";
 *
 * const error = new ProcessLookupError("Cannot send SIGKILL to process 4711: it has ended");
 * console.log(error.code); // ESRCH
 * ```
 *
 * @see ProcessLookupError, of Python
 */
export class ProcessLookupError extends Error {
  declare readonly name: "ProcessLookupError";
  declare readonly code: "ESRCH";

  static {
    brand(this, "ProcessLookupError", "ProcessLookupError", "ESRCH");
  }
}
