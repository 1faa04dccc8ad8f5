import { cancellationError } from "@aio/errors";

// At the top of src, because several folders need it.

/**
 * Throw if `signal` has aborted. A call with several steps checks this before each step.
 *
 * @param activity - What the call does, for the message: `"waiting for the connection"`.
 * @param opened - The socket opened so far; destroyed if the signal has aborted.
 */
export function throwIfAborted(
  signal: AbortSignal | undefined,
  activity: string,
  opened?: { destroy(): unknown },
): void {
  if (!signal?.aborted) return;
  opened?.destroy();
  throw cancellationError(signal, activity);
}
