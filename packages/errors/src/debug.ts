// The stack of an error created during an abort leads to the abort() call, not to the wait. Showing
// the wait means capturing its stack when it begins, which takes five times as long as the wait
// itself (2 µs against 0.4 µs). So it is captured only in debug mode, and for the first wait on a
// signal from AbortSignal.timeout(): creating that signal and listening to it takes several times
// as long anyway, and the stack of a timer's abort does not lead to the program at all.

/** Shared by all copies of this package: ESM code may turn it on for waits in CommonJS code. */
interface Mode {
  isDebug: boolean;
}

const modeKey = Symbol.for("@aio/errors.mode");

const mode: Mode = Reflect.get(globalThis, modeKey) ?? newMode();

function newMode(): Mode {
  const made: Mode = { isDebug: false };
  // Unlike Object.defineProperty(), this does not throw if the global object is frozen.
  Reflect.defineProperty(globalThis, modeKey, { value: made });
  return made;
}

/**
 * Turn debug mode on or off for all `@aio` packages, as asyncio's `loop.set_debug()` does.
 *
 * In debug mode, each wait with a signal records where it began, and the error of a cancellation has
 * that stack. This makes a wait about five times as expensive, so it is off by default. Without debug
 * mode, the stack still leads to the wait if the signal had aborted before the wait began and, on
 * Node, if the signal came from `AbortSignal.timeout()` and nothing else was waiting on it.
 *
 * @example See where the wait began
 * ```ts
 * import { Pending, setDebug } from "@aio/errors";
 *
 * setDebug(true);
 * async function placeOrder(signal: AbortSignal): Promise<void> {
 *   await new Pending<void>(signal, { activity: "waiting for the kitchen" }).promise;
 * }
 *
 * const controller = new AbortController();
 * const order = placeOrder(controller.signal);
 * controller.abort();
 * await order.catch((error: Error) => console.log(error.stack?.includes("placeOrder"))); // true
 * setDebug(false);
 * ```
 *
 * @see asyncio.loop.set_debug
 */
export function setDebug(enabled: boolean): void {
  mode.isDebug = enabled;
}

/** Whether every wait records where it began. */
export const isDebug = (): boolean => mode.isDebug;

/** Errors that hold the stack of where a wait began, by its listener. */
export const origins: WeakMap<object, Error> = new WeakMap();

/** Capture the stack at the beginning of a wait. */
export function recordOrigin(listener: object): void {
  origins.set(listener, new Error());
}

/** Give an error the stack of the wait that it ends. */
export function showOrigin(error: Error, origin: Error): void {
  // V8 formats a stack when it is first read, and takes its first line from the name and message then.
  origin.name = error.name;
  origin.message = error.message;
  Object.defineProperty(error, "stack", {
    get: () => origin.stack,
    set(value: unknown) {
      Object.defineProperty(error, "stack", { value, writable: true });
    },
    configurable: true,
  });
}
