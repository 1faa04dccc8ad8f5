import { type WaitOptions, cancellationError, signalOf } from "@aio/errors";

/**
 * The signal of a call; or a rejected promise, if the options are invalid or the signal has already
 * aborted. A waiting call checks this first.
 *
 * Options are read only here, once. `signal` may be a getter: reading it again could return another
 * signal, or run code that changes the primitive after it was checked.
 */
export function checkedSignal(
  options: WaitOptions | undefined,
  activity: string,
): AbortSignal | Promise<never> | undefined {
  if (options === undefined) return undefined;
  try {
    const signal = signalOf(options);
    return signal?.aborted ? Promise.reject(cancellationError(signal, activity)) : signal;
  } catch (error) {
    return Promise.reject(error);
  }
}
