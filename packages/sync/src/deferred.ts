/** A promise, and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (error: unknown) => void;
}

// One executor for all promises: a closure for each would be a third of a waiter. What it was given
// is taken up at once and let go, or the last waiter would be kept alive from here. Two variables,
// and not an object that holds both: the executor would have to make it, and that costs 40 ns. The
// object that is returned costs nothing: the compiler sees that it is only taken apart.
const nothing = (): void => {};
let capturedResolve: (value: never) => void = nothing;
let capturedReject: (error: unknown) => void = nothing;

function capture(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function deferred<T>(): Deferred<T> {
  const promise = new Promise<T>(capture);
  const resolve = capturedResolve as (value: T | PromiseLike<T>) => void;
  const reject = capturedReject;
  capturedResolve = capturedReject = nothing;
  return { promise, resolve, reject };
}
