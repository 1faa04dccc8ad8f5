import { inspectAs } from "./inspect.ts";

/**
 * One acquisition of a lock or of a permit.
 *
 * It releases once, and only its own acquisition: later calls do nothing, whoever holds the lock by
 * then. `release` needs no `this`, so it can be passed on as a callback. A guard is an object and so
 * always truthy, as asyncio's `True` is.
 *
 * @example Release at the end of the block
 * ```ts
 * import { Lock } from "@aio/sync";
 *
 * const lock = new Lock();
 * {
 *   using _guard = await lock.acquire();
 *   console.log(lock.locked()); // true
 * }
 * console.log(lock.locked()); // false
 * ```
 */
export interface Guard extends Disposable {
  /** Release what was acquired, unless that has happened. */
  release(): void;
}

type Releasing = Omit<Guard, typeof Symbol.dispose>;

const prototypes: object[] = [];

/**
 * Make a class of guards disposable, and let it show whether it is held.
 *
 * Its `release` is a getter that returns a bound function, which costs nothing where it is called at
 * once: V8 makes no function then. Bound functions as own properties make acquire and release half as
 * slow again. The tag keeps Vue from wrapping guards in reactive proxies, through which no `#field` can
 * be reached.
 */
export function asGuard<T extends Releasing>(
  type: { readonly prototype: T },
  isHeld: (guard: T) => boolean,
): void {
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: "Guard", configurable: true });
  inspectAs(type, (guard) => `Guard [${isHeld(guard) ? "held" : "released"}]`);
  prototypes.push(type.prototype);
  addDispose(type.prototype, Symbol.dispose ?? Symbol.for("Symbol.dispose"));
}

/** Whether `using` finds what it looks for in a guard. */
export let hasDispose: boolean = Symbol.dispose !== undefined;

/**
 * Look for `Symbol.dispose` once more. Imports run before the code of a module, so a polyfill in the
 * program's own code is always later than this package.
 */
export function findDispose(): void {
  hasDispose = Symbol.dispose !== undefined;
  if (hasDispose) for (const prototype of prototypes) addDispose(prototype, Symbol.dispose);
}

function addDispose(prototype: object, key: symbol): void {
  Object.defineProperty(prototype, key, {
    get(this: Releasing) {
      return this.release;
    },
    configurable: true,
  });
}
