// A program can load this package twice: as ESM and as CommonJS, or in two versions. `instanceof`
// works across the copies, because each prototype has its class's name under a global symbol.
const brandKey: unique symbol = Symbol.for("@aio/sync");

interface Primitive {
  readonly prototype: object;
}

/** Give a class its name in every copy of this package, for `instanceof` and for `toString()`. */
export function brand(type: Primitive, name: string): void {
  Object.defineProperties(type.prototype, {
    [brandKey]: { value: name },
    [Symbol.toStringTag]: { value: name },
  });
  Object.defineProperty(type, Symbol.hasInstance, { value: hasInstance });
}

function hasInstance(this: Primitive, value: unknown): boolean {
  const name: unknown = Object.getOwnPropertyDescriptor(this.prototype, brandKey)?.value;
  // A user's subclass does not have its own name: the ordinary rule is right for it.
  if (name === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    let link: unknown = Object.getPrototypeOf(value);
    for (; link !== null; link = Object.getPrototypeOf(link)) {
      if (Object.getOwnPropertyDescriptor(link, brandKey)?.value === name) return true;
    }
  } catch {
    // Neither null nor undefined, nor a proxy whose traps throw, is one of these classes.
  }
  return false;
}
