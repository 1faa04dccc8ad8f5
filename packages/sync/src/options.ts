import { type WaitOptions, cancellationError, signalOf } from "@aio/errors";

/**
 * The signal option of a call; or a rejection, if the options are invalid or the signal has already
 * aborted. A waiting call checks this first.
 *
 * Options are read only here, once. They may have a getter for the signal: a second read could return
 * another signal, or change the primitive that was just found to be busy.
 */
export function checkedSignal(
  options: WaitOptions,
  activity: string,
): AbortSignal | Promise<never> | undefined {
  try {
    const signal = signalOf(options);
    return signal?.aborted ? Promise.reject(cancellationError(signal, activity)) : signal;
  } catch (error) {
    return Promise.reject(error);
  }
}
