import { type WaitOptions, cancellationError, signalOf } from "@aio/errors";

/**
 * The signal among a call's options; in its place the rejection that they ask for by themselves,
 * before anything else is looked at: they are none, or their signal has aborted already.
 *
 * Options are read here and nowhere else. They may be any object, with a getter for its signal: read
 * again, it could answer differently, or have changed the primitive that was just found to be busy.
 */
export function admit(options: WaitOptions): AbortSignal | Promise<never> | undefined {
  try {
    const signal = signalOf(options);
    return signal?.aborted ? Promise.reject(cancellationError(signal)) : signal;
  } catch (error) {
    return Promise.reject(error);
  }
}
