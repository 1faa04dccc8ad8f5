import { brand, codeOf, nameOf } from "./brand.ts";

/**
 * A signal was sent to a process that has ended.
 *
 * @example Kill a process that may have ended
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
  /** The name of the class. */
  override readonly name: "ProcessLookupError" = nameOf(this);
  /** The system's error code. */
  readonly code: "ESRCH" = codeOf(this);

  static {
    brand(this, "ProcessLookupError", "ProcessLookupError", "ESRCH");
  }
}
