// A program can load this package twice: as ESM and as CommonJS, or in two versions. `instanceof`
// works across the copies, because each prototype has its class's name under a global symbol.
const brandKey: unique symbol = Symbol.for("@aio/sync");

interface Primitive<T> {
  readonly prototype: T;
}

/** Give a class its name in every copy of this package, for `instanceof` and for `toString()`. */
export function brand(type: Primitive<object>, name: string): void {
  Object.defineProperties(type.prototype, {
    [brandKey]: { value: name },
    [Symbol.toStringTag]: { value: name, configurable: true },
  });
  Object.defineProperty(type, Symbol.hasInstance, { value: hasInstance, configurable: true });
}

/**
 * Make console.log() and util.inspect() show an object's state. Node's hook is a global symbol, so this
 * does not import Node and works without it.
 */
export function inspectAs<T>(type: Primitive<T>, show: (self: T) => string): void {
  Object.defineProperty(type.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T & object): string {
      try {
        return show(this);
      } catch {
        // A proxy, which cannot access `#` fields.
        return String(this);
      }
    },
    configurable: true,
    writable: true,
  });
}

/** A primitive's state, in asyncio's form: `Lock [locked, waiters:3]`. */
export function stateOf(self: object, state: string, waiters: number): string {
  const name: string = Reflect.get(self, Symbol.toStringTag);
  return waiters === 0 ? `${name} [${state}]` : `${name} [${state}, waiters:${waiters}]`;
}

function hasInstance(this: Primitive<object>, value: unknown): boolean {
  const name: unknown = Object.getOwnPropertyDescriptor(this.prototype, brandKey)?.value;
  // A user's subclass does not have its own name: the ordinary rule is right for it.
  if (name === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
  if (typeof value !== "object" || value === null) return false;
  try {
    let link: unknown = Object.getPrototypeOf(value);
    for (; link !== null; link = Object.getPrototypeOf(link)) {
      if (Object.getOwnPropertyDescriptor(link, brandKey)?.value === name) return true;
    }
  } catch {
    // A proxy whose traps throw is not one of these classes.
  }
  return false;
}
