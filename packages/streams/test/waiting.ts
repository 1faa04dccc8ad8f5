/** Wait turn by turn until `condition` holds. If it never does, the test times out. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Wait one event-loop turn, in which everything that is ready happens. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Whether `promise` is still pending after a few event-loop turns. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const settle = (): void => {
    pending = false;
  };
  promise.then(settle, settle);
  for (let i = 0; i < 3; i++) await turn();
  return pending;
}

/** The error that `promise` rejects with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("The promise fulfilled");
}

/** Make a signal refuse listeners, like a frozen one on Node 22 and later. */
export function unhearable(controller: AbortController = new AbortController()): AbortSignal {
  const { signal } = controller;
  return Object.defineProperty(signal, "addEventListener", {
    value() {
      throw new TypeError("This signal refuses listeners");
    },
  });
}
