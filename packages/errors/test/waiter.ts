import { getEventListeners } from "node:events";
import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";

/** Adds its name to a shared list when its signal aborts, then calls `then`. */
export class Waiter extends AbortListener {
  errors: (CancelledError | TimeoutError)[] = [];
  readonly #told: string[];
  readonly #name: string;
  readonly #then: () => void;

  constructor(told: string[], name: string, then: () => void = () => {}) {
    super();
    this.#told = told;
    this.#name = name;
    this.#then = then;
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#told.push(this.#name);
    this.errors.push(error);
    this.#then();
  }
}

/** The number of abort listeners on a signal. */
export const listenersOf = (signal: AbortSignal): number =>
  getEventListeners(signal, "abort").length;
