import { invalidArgumentType } from "./arguments.ts";

/** The signal, or `undefined` if there is none. Throws a `TypeError` for anything else. */
export function signalFrom(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal === null) return undefined;
  if (isSignal(signal)) return signal;
  throw invalidArgumentType("signal", "an AbortSignal", signal);
}

/** Whether a value works as a signal. Without removeEventListener(), waits would leak listeners. */
export function isSignal(value: unknown): value is AbortSignal {
  try {
    return (
      typeof value === "object" &&
      value !== null &&
      "aborted" in value &&
      typeof (value as AbortSignal).addEventListener === "function" &&
      typeof (value as AbortSignal).removeEventListener === "function"
    );
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}

/** Whether a signal has the platform's own way to add listeners. */
export function isPlatforms(signal: AbortSignal): boolean {
  return signal.addEventListener === globalThis.AbortSignal?.prototype.addEventListener;
}

// Node marks the signals of AbortSignal.timeout(), and since version 22 those that AbortSignal.any()
// derives from them, with an internal symbol. This only decides whether to capture a stack.
let timedMark: symbol | undefined;
type Marked = AbortSignal & Record<symbol, unknown>;
let isMarkKnown = false;

/** Whether a signal is known to have a timer. */
export function isTimed(signal: AbortSignal): boolean {
  try {
    if (!isMarkKnown) timedMark = findTimedMark();
    isMarkKnown = true;
    return timedMark !== undefined && (signal as Marked)[timedMark] === true;
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}

function findTimedMark(): symbol | undefined {
  // Not in the first signal that is waited on, which need not be the platform's.
  const isNodes = Object.getOwnPropertySymbols(AbortSignal.abort()).some(hasName("kComposite"));
  if (!isNodes) return undefined;
  return Object.getOwnPropertySymbols(AbortSignal.timeout(0)).find(hasName("kTimeout"));
}

const hasName =
  (name: string) =>
  ({ description }: symbol): boolean =>
    description === name;
