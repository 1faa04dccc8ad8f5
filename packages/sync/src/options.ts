import { type WaitOptions, cancellationError, signalOf } from "@aio/errors";

/**
 * The signal among a call's options, or the rejection that the options ask for by themselves: they
 * are invalid, or their signal has aborted. A waiting call looks at nothing else before.
 *
 * Options are read here and nowhere else. They may be any object, with a getter for its signal: a
 * second read could answer differently, or change the primitive that was just found to be busy.
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
