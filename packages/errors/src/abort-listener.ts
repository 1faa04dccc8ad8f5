import { type CancelledError, type TimeoutError, cancellationError } from "./cancellation.ts";

// Everything that waits on one signal is a ring of listeners, linked through themselves. The signal
// holds their ring under a symbol, and has one event listener of ours for all of them:
//
//     signal[ringKey].first ──▶ a ⇄ b ⇄ c ⇄ (a)         in the order in which they began to listen
//
// Beginning and ceasing to listen are a few pointer writes, however many listen already; Node's own
// list is walked at each addEventListener (72 µs at 20,000 listeners), and warns at the 11th. On the
// abort each member is taken out of the ring before it is told, so it is told once, whatever it or
// anybody else does meanwhile, and the ring is empty before `abort()` returns. The event listener is
// there exactly as long as the ring has members: a signal that outlives its waits holds no waiter.
const ringKey = Symbol("ring of listeners");

// An object of its own, written to the signal once: who waits is found and told even if the signal
// is closed or frozen during the wait.
interface Ring {
  first: AbortListener | undefined;
}

// Signals that refused the property (a sealed one) have their rings here instead: 3 times as slow.
const ringsOfClosed = new WeakMap<AbortSignal, Ring>();

/**
 * Something that waits and can be told that its signal aborted.
 *
 * Any number of listeners share one event listener on their signal, and join or leave in constant
 * time. They are told in the order in which they began to listen, each at most once, before
 * `controller.abort()` returns. The `@aio` packages wait through this class; derive from it to write
 * a waiting call of your own that scales like theirs.
 *
 * @example A promise that rejects when a signal aborts
 * ```ts
 * import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";
 *
 * class Rejection extends AbortListener {
 *   readonly #reject: (error: Error) => void;
 *   constructor(reject: (error: Error) => void) {
 *     super();
 *     this.#reject = reject;
 *   }
 *   override onAbort(error: CancelledError | TimeoutError): void {
 *     this.#reject(error);
 *   }
 * }
 *
 * const controller = new AbortController();
 * const aborted = new Promise((_, reject) => new Rejection(reject).listenTo(controller.signal));
 * controller.abort();
 * await aborted.catch((error: Error) => console.log(error.name)); // AbortError
 * ```
 */
export abstract class AbortListener {
  #signal: AbortSignal | undefined = undefined;
  #previous: AbortListener = this;
  #next: AbortListener = this;

  /** Called once when the signal aborts; this object no longer listens then. Must not throw. */
  abstract onAbort(error: CancelledError | TimeoutError): void;

  /**
   * Begin to listen.
   *
   * @param signal - A signal that has not aborted yet: one that has will not tell again.
   */
  listenTo(signal: AbortSignal): void {
    this.stopListening();
    const ring = ringOf(signal);
    const head = ring.first;
    if (head === undefined) {
      // First what may fail: a frozen signal of Node's throws here.
      signal.addEventListener("abort", tellAll);
      ring.first = this;
      this.#signal = signal;
      return;
    }
    this.#signal = signal;
    const tail = head.#previous;
    this.#previous = tail;
    this.#next = head;
    tail.#next = this;
    head.#previous = this;
  }

  /** Cease to listen. Does nothing if this object does not. */
  stopListening(): void {
    const signal = this.#signal;
    if (signal === undefined) return;
    this.#signal = undefined;
    const ring = ringOf(signal);
    const next = this.#next;
    if (next === this) {
      ring.first = undefined;
      signal.removeEventListener("abort", tellAll);
      return;
    }
    if (ring.first === this) ring.first = next;
    next.#previous = this.#previous;
    this.#previous.#next = next;
    this.#next = this;
    this.#previous = this;
  }
}

// One function for all signals: a listener of its own for each would be a closure each.
function tellAll(this: AbortSignal): void {
  const ring = ringOf(this);
  while (ring.first !== undefined) {
    // The reason is anybody's object, and its getters may run any code: code that ends the wait of
    // whoever is first in the ring, say. So the error is made before the first is taken out.
    const error = cancellationError(this);
    const listener = ring.first as AbortListener | undefined;
    listener?.stopListening();
    listener?.onAbort(error);
  }
}

function ringOf(signal: AbortSignal & { [ringKey]?: Ring }): Ring {
  const known = signal[ringKey];
  if (known !== undefined) return known;
  if (Object.isExtensible(signal)) return (signal[ringKey] = { first: undefined });
  let ring = ringsOfClosed.get(signal);
  if (ring === undefined) ringsOfClosed.set(signal, (ring = { first: undefined }));
  return ring;
}
