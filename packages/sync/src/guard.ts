/**
 * One acquisition of a lock or of a permit.
 *
 * It releases once, and only what it stands for: later calls do nothing, and so does a guard whose
 * lock has gone to somebody else. It is an object and so always truthy, as asyncio's `True` is.
 *
 * @example Release at the end of the block
 * ```ts
 * import { Lock } from "@aio/sync";
 *
 * const lock = new Lock();
 * {
 *   using guard = await lock.acquire();
 *   console.log(lock.locked()); // true
 * }
 * console.log(lock.locked()); // false
 * ```
 */
export interface Guard extends Disposable {
  /** Release what was acquired, unless that has happened already. */
  release(): void;
}

/** `Symbol.dispose`, or the symbol that compilers put in its place where the engine has none. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
