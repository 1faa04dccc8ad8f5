/** A promise whose state a test can look at without waiting for it. */
export interface Watched<T> {
  state: "pending" | "fulfilled" | "rejected";
  value?: T;
  error?: unknown;
}

/** Track the state of `promise`. A rejection counts as handled. */
export function watch<T>(promise: PromiseLike<T>): Watched<T> {
  const watched: Watched<T> = { state: "pending" };
  promise.then(
    (value) => Object.assign(watched, { state: "fulfilled", value }),
    (error: unknown) => Object.assign(watched, { state: "rejected", error }),
  );
  return watched;
}

/** Wait until the microtask queue is empty: the next event-loop turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}

/** The error that `promise` rejects with. */
export async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise fulfilled");
}

/** What console.log() prints for `primitive` in Node. */
export function shown(primitive: object): string {
  const show: unknown = Reflect.get(primitive, Symbol.for("nodejs.util.inspect.custom"));
  return (show as () => string).call(primitive);
}
