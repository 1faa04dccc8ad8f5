import { AbortListener, cancellationError } from "@aio/errors";

/**
 * A promise that whoever holds this object settles, or its signal by aborting: the first one wins,
 * and from then on nothing listens to the signal.
 */
export class Pending<T> extends AbortListener {
  readonly promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  readonly #onEnd: (() => void) | undefined;
  #settled = false;

  /**
   * @param signal - Look at it first: one that has aborted does not settle the promise.
   * @param onEnd - Called once, before the promise settles, to release what the wait holds.
   */
  constructor(signal: AbortSignal | undefined, onEnd?: () => void) {
    super();
    this.#onEnd = onEnd;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal && !signal.aborted) this.listenTo(signal);
  }

  get settled(): boolean {
    return this.#settled;
  }

  resolve(value: T): void {
    if (this.#end()) this.#resolve(value);
  }

  reject(error: unknown): void {
    if (this.#end()) this.#reject(error);
  }

  override onAbort(error: Error): void {
    if (this.#end()) this.#reject(error);
  }

  #end(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.stopListening();
    this.#onEnd?.();
    return true;
  }
}

/** What `promise` brings, unless `signal` aborts first: then nobody waits for it any more. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const pending = new Pending<T>(signal);
  promise.then(
    (value) => pending.resolve(value),
    (error: unknown) => pending.reject(error),
  );
  return pending.promise;
}

/**
 * Each step of a call that takes several looks at the signal first.
 *
 * @param opened - What was opened so far, to be destroyed if the signal has aborted.
 */
export function throwIfAborted(
  signal: AbortSignal | undefined,
  opened?: { destroy(): unknown },
): void {
  if (!signal?.aborted) return;
  opened?.destroy();
  throw cancellationError(signal);
}
