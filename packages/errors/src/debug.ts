// The stack of an error that is made within an abort leads to whoever aborts, and not to whoever waited.
// That stack exists only while the wait begins, and taking it costs about five times a wait (2 µs
// against 0.4), so it is taken where that is cheap, and everywhere in debug mode.
//
// It is cheap for the first wait on a signal of AbortSignal.timeout(): making the signal and listening
// to it costs several times as much. And there it is needed, since no caller's frame is in the reason.

/** Shared by all copies of this package: CommonJS code may wait while ESM code debugs. */
interface Mode {
  isDebug: boolean;
}

const modeKey = Symbol.for("@aio/errors.mode");

const mode: Mode = Reflect.get(globalThis, modeKey) ?? newMode();

function newMode(): Mode {
  const made: Mode = { isDebug: false };
  // Fails without throwing where the global object is frozen.
  Reflect.defineProperty(globalThis, modeKey, { value: made });
  return made;
}

/**
 * Switch the debug mode of all `@aio` packages on or off, as asyncio's `loop.set_debug()` does.
 *
 * In debug mode each wait with a signal records where it began, and the error of a cancellation has
 * that stack. It makes a wait about five times as expensive, so it is off by default. Even then the
 * stack of an error leads to its wait if the signal had aborted before the wait, and, on Node, if the
 * signal came from `AbortSignal.timeout()` and nothing else waited on it.
 *
 * @example See who waited
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

const origins = new WeakMap<object, Error>();

/** Take the stack of a wait that begins. */
export function recordOrigin(listener: object): void {
  origins.set(listener, new Error());
}

/** Forget the stack of a wait that has ended. */
export function forgetOrigin(listener: object): void {
  origins.delete(listener);
}

/** An error with the stack of the wait's beginning, if that was taken. */
export function originOf(listener: object): Error | undefined {
  return origins.get(listener);
}

/** Let an error have the stack of the wait that it ends. */
export function showOrigin(error: Error, origin: Error): void {
  // V8 writes the first line of a stack, and formats the rest, when the stack is first read.
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

// Node marks the signals of AbortSignal.timeout(), and from version 22 on those that AbortSignal.any()
// makes of them, with a symbol of its own. Nothing depends on it but whether a stack is worth its price.
let timedMark: symbol | undefined;
type Marked = AbortSignal & Record<symbol, unknown>;
let isMarkKnown = false;

/** Whether a signal has a timer, as far as the platform tells. */
export function isTimed(signal: AbortSignal): boolean {
  try {
    if (!isMarkKnown) timedMark = findTimedMark(signal);
    isMarkKnown = true;
    return timedMark !== undefined && (signal as Marked)[timedMark] === true;
  } catch {
    // A signal whose traps throw.
    return false;
  }
}

function findTimedMark(signal: AbortSignal): symbol | undefined {
  const isNodes = Object.getOwnPropertySymbols(signal).some(hasName("kComposite"));
  if (!isNodes) return undefined;
  return Object.getOwnPropertySymbols(AbortSignal.timeout(0)).find(hasName("kTimeout"));
}

const hasName =
  (name: string) =>
  ({ description }: symbol): boolean =>
    description === name;
