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

/**
 * Turn a class into a guard class.
 *
 * `release` is a getter that returns a bound function. V8 does not create that function if it is
 * called at once, so it costs nothing; as an own property, it would make acquire and release take 1.5
 * times as long. A closure would be created: 96 bytes, a tenth of what a hand-off allocates. `giveBack`
 * is never assigned to, so V8 takes it for a constant and inlines the call: 4 ns.
 *
 * `then` is what a promise looks for in a guard that it is resolved with. Found here, although
 * `undefined`, it ends the search before `Object.prototype`: 6 ns of 70.
 *
 * `Symbol.toStringTag` keeps Vue from wrapping guards in reactive proxies, which cannot access `#`
 * fields.
 *
 * @param giveBack - Releases the acquisition of a guard, unless that was released before.
 * @param isHeld - For console.log().
 */
export function asGuard<T extends Guard>(
  type: { readonly prototype: T },
  giveBack: (guard: T) => void,
  isHeld: (guard: T) => boolean,
): void {
  Object.defineProperties(type.prototype, {
    release: {
      get(this: T) {
        return giveBack.bind(undefined, this);
      },
      configurable: true,
    },
    // oxlint-disable-next-line unicorn/no-thenable -- undefined says that a guard is not thenable
    then: { value: undefined, configurable: true },
    [Symbol.toStringTag]: { value: "Guard", configurable: true },
  });
  inspectAs(type, (guard) => `Guard [${isHeld(guard) ? "held" : "released"}]`);
  addDispose(type.prototype, Symbol.dispose ?? Symbol.for("Symbol.dispose"));
}

function addDispose(prototype: object, key: symbol): void {
  Object.defineProperty(prototype, key, {
    get(this: Guard) {
      // Not the bound function itself: `using` in Node 24 (V8 13.6) calls those "not a function".
      return () => this.release();
    },
    configurable: true,
  });
}

/**
 * The class whose instances are disposable: the given one, unless this platform lacks
 * `Symbol.dispose`. Then a polyfill may come later, even after this package has loaded, since imports
 * run before the importing module's own code. So the constructor looks for it each time. Doing that
 * everywhere would take 0.5 ns of the 9 that tryAcquire() and release() take.
 */
export function disposable<Owner>(type: new (owner: Owner) => Guard): new (owner: Owner) => Guard {
  if (Symbol.dispose !== undefined) return type;
  return class extends type {
    constructor(owner: Owner) {
      super(owner);
      const key = Symbol.dispose;
      if (key !== undefined && !(key in this)) addDispose(type.prototype, key);
    }
  };
}
