import { AbortListener, type WaitOptions, cancellationError, signalOf } from "@aio/errors";

// The end of a process, and everybody who waits for it. It comes once: `returncode` goes from null
// to a number and stays. A process that its own signal cancelled ends as any other, but whoever
// waits is told of the cancellation in place of the number, and not before the end: a caller that
// hears "cancelled" knows that nothing runs any more.

/** When a process ends, and how. */
export class Exit {
  #returncode: number | null = null;
  #cancellation: Error | undefined = undefined;
  #waiters = new Set<Waiter>();
  #shared: Promise<number> | undefined = undefined;

  /** The return code, `null` before the end. */
  get returncode(): number | null {
    return this.#returncode;
  }

  /** From now on the end of the process is a cancellation, and `error` says so. */
  cancel(error: Error): void {
    this.#cancellation = error;
  }

  /** The process has ended. */
  settle(returncode: number): void {
    this.#returncode = returncode;
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const waiter of waiters) {
      waiter.stopListening();
      if (this.#cancellation === undefined) waiter.resolve(returncode);
      else waiter.reject(this.#cancellation);
    }
  }

  wait(options: WaitOptions | undefined): Promise<number> {
    let signal: AbortSignal | undefined;
    try {
      signal = signalOf(options);
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal?.aborted) return Promise.reject(cancellationError(signal));
    if (this.#returncode !== null) {
      return this.#cancellation === undefined
        ? Promise.resolve(this.#returncode)
        : Promise.reject(this.#cancellation);
    }
    if (signal !== undefined) return this.#waitFor(signal);
    return (this.#shared ??= this.#waitFor(undefined));
  }

  #waitFor(signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(this.#waiters, resolve, reject);
      this.#waiters.add(waiter);
      if (signal !== undefined) waiter.listenTo(signal);
    });
  }
}

class Waiter extends AbortListener {
  readonly #waiters: Set<Waiter>;
  readonly resolve: (returncode: number) => void;
  readonly reject: (error: Error) => void;

  constructor(
    waiters: Set<Waiter>,
    resolve: (returncode: number) => void,
    reject: (error: Error) => void,
  ) {
    super();
    this.#waiters = waiters;
    this.resolve = resolve;
    this.reject = reject;
  }

  override onAbort(error: Error): void {
    this.#waiters.delete(this);
    this.reject(error);
  }
}
