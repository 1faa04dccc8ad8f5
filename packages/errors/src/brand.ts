// Makes an error class the same class in every copy of this package.
//
// An application often holds several copies: an ESM and a CommonJS build side by side, or two
// versions below two dependencies. The language's `instanceof` compares prototypes by identity, so
// it would miss an error thrown by another copy. Each prototype therefore carries the name of its
// class under a symbol from the global registry, and `instanceof` looks for that name along the
// prototype chain. The symbol and the names are a contract between versions: neither may change.
const brandKey: unique symbol = Symbol.for("@aio/errors");

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Mark `errorClass` as the class called `brandName` in every copy of this package, and put the
 * default `name` and `code` of its instances on its prototype.
 */
export function brand(errorClass: ErrorClass, brandName: string, name: string, code: string): void {
  Object.defineProperties(errorClass.prototype, {
    [brandKey]: { value: brandName },
    name: { value: name, writable: true },
    code: { value: code, writable: true },
  });
  Object.defineProperty(errorClass, Symbol.hasInstance, { value: hasInstance });
}

// Instances copy both from the prototype to own keys, as in Node's errors, because winston and
// JSON.stringify() list only own enumerable keys. Reading them through the instance respects a
// subclass that sets its own name, even with a getter.

/** The `name` that an instance under construction inherits. */
export function nameOf<E extends Error>(error: E): E["name"] {
  return error.name;
}

/** The `code` that an instance under construction inherits. */
export function codeOf<E extends { readonly code: string }>(error: E): E["code"] {
  return error.code;
}

function hasInstance(this: { readonly prototype?: object }, value: unknown): boolean {
  const own = this.prototype;
  const wanted = own !== undefined && Object.getOwnPropertyDescriptor(own, brandKey)?.value;
  // A user's subclass does not have its own brand: the ordinary rule is right for it.
  if (!wanted) return Function.prototype[Symbol.hasInstance].call(this, value);
  if (typeof value !== "object" || value === null) return false;
  try {
    // Most values do not have a brand. Checking that first makes aborting a waiter 7 % faster.
    if (!(brandKey in value)) return false;
    let link: unknown = Object.getPrototypeOf(value);
    for (; link !== null; link = Object.getPrototypeOf(link)) {
      if (Object.getOwnPropertyDescriptor(link, brandKey)?.value === wanted) return true;
    }
  } catch {
    // A proxy whose traps throw is not one of these errors. An abort with such a reason must succeed.
  }
  return false;
}
