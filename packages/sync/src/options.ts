import { type WaitOptions, cancellationError, signalOf } from "@aio/errors";

/**
 * The rejection that a call's options alone ask for, before anything else is looked at: they are
 * none, or their signal has aborted already. `undefined` if the call may go on.
 */
export function refusal(options: WaitOptions): Promise<never> | undefined {
  try {
    const signal = signalOf(options);
    return signal?.aborted ? Promise.reject(cancellationError(signal)) : undefined;
  } catch (error) {
    return Promise.reject(error);
  }
}
