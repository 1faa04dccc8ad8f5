import { cancellationError } from "@aio/errors";

import { Pending } from "./pending.ts";

/** Something that happens once and that any number of callers can wait for, each on its own. */
export class Latch {
  #open = false;
  readonly #waiters = new Set<Pending<void>>();

  get isOpen(): boolean {
    return this.#open;
  }

  open(): void {
    this.#open = true;
    for (const waiter of this.#waiters) waiter.resolve();
  }

  wait(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(cancellationError(signal));
    if (this.#open) return Promise.resolve();
    const waiter = new Pending<void>(signal, () => this.#waiters.delete(waiter));
    this.#waiters.add(waiter);
    return waiter.promise;
  }
}
