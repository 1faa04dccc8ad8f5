import { Pending, type WaitOptions, signalOf } from "@aio/errors";
import { builtin } from "../platform.ts";

// The end of a process, and its waiters. A process ends once: `returncode` changes from null to a
// number and stays. If the owning signal cancels the process, it ends like any other, but its
// waiters are rejected with the cancellation, after the process (with killTree, its descendants too)
// has ended. If they cannot be ended, waiters are rejected with that error; and with the cancellation
// if the process ends later, unless it leaves descendants.
const activity = "waiting for the process";

/** When a process ends, and how. */
export class Exit {
  #returncode: number | null = null;
  #isCancelled = false;
  #failure: Error | undefined;
  readonly #waiters = new Set<Pending<number>>();
  #shared: Promise<number> | undefined;
  readonly #ended = new Pending<void>();

  /** The return code, `null` before the end. */
  get returncode(): number | null {
    return this.#returncode;
  }

  /** Resolves when the process has ended, cancelled or not. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** From now on, only {@link Exit.fail} settles waiters. */
  cancel(): void {
    this.#isCancelled = true;
  }

  /** Reject all waiters, present and future. */
  fail(error: Error): void {
    this.#failure = error;
    this.#shared = undefined;
    for (const waiter of this.#waiters) waiter.reject(error);
  }

  /** The process has ended, with the `status` and `signal` that Node reports. */
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
    // As in web APIs, an aborted signal wins even if the call would not have to wait.
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

// As in asyncio: the exit status, or `-N` if signal N ended the process. On Windows, signals do not
// end a process: the exit status is 1 instead.
function returncodeOf(status: number | null, signal: NodeJS.Signals | null): number {
  if (signal === null) return status ?? 0;
  return process.platform === "win32" ? 1 : -builtin("os").constants.signals[signal];
}
