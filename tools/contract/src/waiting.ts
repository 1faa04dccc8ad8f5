import { setImmediate as turn } from "node:timers/promises";

/** Bytes in which neighboring pieces differ, so that a lost or moved piece is detected. */
export function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 7 + (index >> 8)) & 0xff;
  return bytes;
}

/** Whether a promise is still pending after 50 event-loop turns. */
export async function isPending(promise: PromiseLike<unknown>): Promise<boolean> {
  const state = { isPending: true };
  const settle = (): void => {
    state.isPending = false;
  };
  promise.then(settle, settle);
  for (let turns = 0; turns < 50 && state.isPending; turns++) {
    await turn();
  }
  return state.isPending;
}

/** Wait turn by turn until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("The promise was expected to reject");
}
