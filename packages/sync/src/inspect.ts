/**
 * Let console.log and util.inspect show an object's state. The hook is Node's, found under a symbol
 * from the global registry, so that Node itself need not be there.
 */
export function inspectAs<T>(type: { readonly prototype: T }, show: (self: T) => string): void {
  Object.defineProperty(type.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T): string {
      return show(this);
    },
    configurable: true,
    writable: true,
  });
}

/** What a primitive shows of itself: `Lock [locked, waiters:3]`, in asyncio's form. */
export function stateOf(name: string, state: string, waiters: number): string {
  return waiters === 0 ? `${name} [${state}]` : `${name} [${state}, waiters:${waiters}]`;
}
