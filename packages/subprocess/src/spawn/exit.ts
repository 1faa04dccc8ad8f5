import { Pending, type WaitOptions, signalOf } from "@aio/errors";
import { builtin } from "../platform.ts";

// The end of a process, and everything that waits for it. The end comes once: `returncode` goes from
// null to a number and stays. A process that its owning signal cancels ends like any other, but its
// waiters are rejected with the cancellation, and only when nothing of it runs any more.
const activity = "waiting for the process";

/** When a process ends, and how. */
export class Exit {
  #returncode: number | null = null;
  #isCancelled = false;
  #failure: Error | undefined = undefined;
  readonly #waiters = new Set<Pending<number>>();
  #shared: Promise<number> | undefined = undefined;
  readonly #ended = new Pending<void>();

  /** The return code, `null` before the end. */
  get returncode(): number | null {
    return this.#returncode;
  }

  /** Resolves when the process has ended, cancelled or not. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** From now on, waiters are settled by {@link Exit.fail}. */
  cancel(): void {
    this.#isCancelled = true;
  }

  /** Reject all waiters, those to come too. */
  fail(error: Error): void {
    this.#failure = error;
    this.#shared = undefined;
    for (const waiter of this.#waiters) waiter.reject(error);
  }

  /** The process has ended: `status` and `signal` are what Node says of it. */
  settle(status: number | null, signal: NodeJS.Signals | null): void {
    const returncode = returncodeOf(status, signal);
    this.#returncode = returncode;
    this.#ended.resolve();
    if (this.#isCancelled) return;
    for (const waiter of this.#waiters) waiter.resolve(returncode);
  }

  wait(options: WaitOptions | undefined): Promise<number> {
    let signal: AbortSignal | undefined;
    try {
      signal = signalOf(options);
    } catch (error) {
      return Promise.reject(error);
    }
    // Like every web API, an aborted signal wins even if there is nothing to wait for.
    if (signal !== undefined) return this.#waitFor(signal);
    return (this.#shared ??= this.#waitFor(undefined));
  }

  #waitFor(signal: AbortSignal | undefined): Promise<number> {
    const onSettled = () => this.#waiters.delete(waiter);
    const waiter: Pending<number> = new Pending<number>(signal, { activity, onSettled });
    if (waiter.settled) return waiter.promise;
    if (this.#failure !== undefined) waiter.reject(this.#failure);
    else if (this.#returncode !== null && !this.#isCancelled) waiter.resolve(this.#returncode);
    else this.#waiters.add(waiter);
    return waiter.promise;
  }
}

// As in asyncio: the exit status, or `-N` if signal N ended the process. On Windows no signal ends
// one: there it is exit status 1.
function returncodeOf(status: number | null, signal: NodeJS.Signals | null): number {
  if (signal === null) return status ?? 0;
  return process.platform === "win32" ? 1 : -builtin("os").constants.signals[signal];
}
