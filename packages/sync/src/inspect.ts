/**
 * Make console.log() and util.inspect() show an object's state. Node's hook is a global symbol, so this
 * does not import Node and works without it.
 */
export function inspectAs<T>(type: { readonly prototype: T }, show: (self: T) => string): void {
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
