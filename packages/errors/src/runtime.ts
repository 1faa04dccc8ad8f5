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
