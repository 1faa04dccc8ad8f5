import { inspectAs } from "./inspect.ts";

/**
 * One acquisition of a lock or of a permit.
 *
 * It releases only its own acquisition, once: later calls do nothing, even if another caller holds the
 * lock by then. `release` does not need `this`, so it can be passed as a callback. A guard is always
 * truthy, like the `True` that asyncio's `acquire()` returns.
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
  /** Release the acquisition. Calling it again has no effect. */
  release(): void;
}

type Releasing = Omit<Guard, typeof Symbol.dispose>;

const prototypes: object[] = [];

/**
 * Make a class of guards disposable, and let console.log() show whether a guard is held.
 *
 * `release` is a getter that returns a bound function. V8 does not create that function if it is
 * called at once, so it costs nothing; as an own property, it would make acquire and release take 1.5
 * times as long. A closure would be created: 96 bytes, a tenth of what a hand-off allocates. What is
 * bound is a private static method, because V8 knows those when it compiles, and inlines the call: 4 ns.
 *
 * `then` is what a promise looks for in a guard that it is resolved with. Found here, although
 * `undefined`, it ends the search before `Object.prototype`: 6 ns of 70.
 *
 * `Symbol.toStringTag` keeps Vue from wrapping guards in reactive proxies, which cannot access `#`
 * fields.
 */
export function asGuard<T extends Releasing>(
  type: { readonly prototype: T },
  isHeld: (guard: T) => boolean,
): void {
  Object.defineProperties(type.prototype, {
    [Symbol.toStringTag]: { value: "Guard", configurable: true },
    // oxlint-disable-next-line unicorn/no-thenable -- undefined says that a guard is not thenable
    then: { value: undefined, configurable: true },
  });
  inspectAs(type, (guard) => `Guard [${isHeld(guard) ? "held" : "released"}]`);
  prototypes.push(type.prototype);
  addDispose(type.prototype, Symbol.dispose ?? Symbol.for("Symbol.dispose"));
}

/** Whether guards have `Symbol.dispose`, which `using` needs. */
export let hasDispose: boolean = Symbol.dispose !== undefined;

/**
 * Check for `Symbol.dispose` again. Imports run before the importing module's own code, so a polyfill
 * in that code runs after this package has loaded.
 */
export function findDispose(): void {
  hasDispose = Symbol.dispose !== undefined;
  if (hasDispose) for (const prototype of prototypes) addDispose(prototype, Symbol.dispose);
}

function addDispose(prototype: object, key: symbol): void {
  Object.defineProperty(prototype, key, {
    get(this: Releasing) {
      // Not the bound function itself: `using` in Node 24 (V8 13.6) calls those "not a function".
      return () => this.release();
    },
    configurable: true,
  });
}
