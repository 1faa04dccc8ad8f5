import { AbortListener } from "./abort-listener.ts";
import { type CancelledError, type TimeoutError, cancellationError } from "./cancellation.ts";
import { signalFrom } from "./signal.ts";

/** Options of {@link Pending}. */
export interface PendingOptions {
  /**
   * What the holder does, for the error message: `"waiting for the answer"`.
   *
   * @defaultValue undefined
   */
  readonly activity?: string | undefined;
  /**
   * Called once, when the promise is resolved or rejected and before any of its handlers run. Release
   * here what the wait holds. Not called if the signal had already aborted at the start.
   *
   * @defaultValue undefined
   */
  readonly onSettled?: (() => void) | undefined;
}

/**
 * A promise that its holder settles, or that rejects when its signal aborts, whichever comes first.
 *
 * It is `Promise.withResolvers()` with an `AbortSignal`. It leaves no listener on the signal once it has
 * settled, and any number of them share one event listener.
 *
 * @example A queue whose takers can be cancelled
 * ```ts
 * import { Pending, signalOf, type WaitOptions } from "@aio/errors";
 *
 * class Mailbox<T> {
 *   readonly #letters: T[] = [];
 *   readonly #takers = new Set<Pending<T>>();
 *
 *   put(letter: T): void {
 *     const [taker] = this.#takers;
 *     if (taker === undefined) this.#letters.push(letter);
 *     else taker.resolve(letter);
 *   }
 *
 *   async take(options?: WaitOptions): Promise<T> {
 *     const taker = new Pending<T>(signalOf(options), {
 *       activity: "waiting for a letter",
 *       onSettled: () => this.#takers.delete(taker),
 *     });
 *     if (!taker.settled) {
 *       const letter = this.#letters.shift();
 *       if (letter === undefined) this.#takers.add(taker);
 *       else taker.resolve(letter);
 *     }
 *     return taker.promise;
 *   }
 * }
 *
 * const mailbox = new Mailbox<string>();
 * const controller = new AbortController();
 * const first = mailbox.take({ signal: controller.signal });
 * const second = mailbox.take();
 * controller.abort();
 * mailbox.put("hello");
 * await first.catch((error: Error) => console.log(error.message));
 * // Stopped waiting for a letter: the operation was aborted
 * console.log(await second); // hello
 * ```
 */
export class Pending<T> extends AbortListener {
  /** The promise for the waiter. */
  readonly promise: Promise<T>;

  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  readonly #activity: string | undefined;
  readonly #onSettled: (() => void) | undefined;
  #settled = false;

  /**
   * @param signal - Rejects the promise when it aborts; at once if it has already aborted.
   * @throws {TypeError} If `signal` is neither a signal nor `null` nor `undefined`.
   */
  constructor(signal?: AbortSignal | null, options: PendingOptions = {}) {
    const checked = signalFrom(signal);
    super();
    this.#activity = options.activity;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    try {
      if (checked?.aborted) throw cancellationError(checked, this.#activity);
      // Throws for a frozen Node signal, which refuses listeners.
      if (checked) this.listenTo(checked);
    } catch (error) {
      this.#settled = true;
      this.#reject(error);
    }
    this.#onSettled = options.onSettled;
  }

  /** Whether it has settled. Later calls and aborts have no effect. */
  get settled(): boolean {
    return this.#settled;
  }

  override get activity(): string | undefined {
    return this.#activity;
  }

  /** Resolve the promise, unless it has settled. */
  resolve(value: T): void {
    if (this.#settled) return;
    try {
      this.#onSettling();
    } finally {
      this.#resolve(value);
    }
  }

  /** Reject the promise, unless it has settled. */
  reject(error: unknown): void {
    if (this.#settled) return;
    try {
      this.#onSettling();
    } finally {
      this.#reject(error);
    }
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.reject(error);
  }

  #onSettling(): void {
    this.#settled = true;
    this.stopListening();
    this.#onSettled?.();
  }
}
