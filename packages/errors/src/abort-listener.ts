import {
  CancelledError,
  type MakeCancellation,
  type TimeoutError,
  cancellationsWithinAbort,
} from "./cancellation.ts";
import { forgetOrigin, isDebug, originOf, recordOrigin } from "./debug.ts";
import { isPlatforms, isTimed } from "./signal.ts";

// All waiters on one signal form a ring, a circular linked list. The signal holds the ring under a
// symbol, and has one event listener for all of them:
//
//     signal[ringKey].first ──▶ a ⇄ b ⇄ c ⇄ (a)         in FIFO order
//
// Joining and leaving take a few pointer writes, however many members there are; Node walks its list
// at each addEventListener (72 µs at 20,000 listeners), and Node 20 warns at the 11th. On an abort,
// each member leaves the ring before it is called, so it is called once, whatever other code does
// meanwhile, and the ring is empty before `abort()` returns. The event listener exists exactly as
// long as the ring has members: a signal that outlives its waits does not keep waiters alive.
const ringKey = Symbol("ring of listeners");

// The rings of signals that do not accept properties, such as sealed ones. A lookup here is 3 times as
// slow.
const ringsOfClosed = new WeakMap<AbortSignal, Ring>();

/**
 * A waiter that is called when its signal aborts.
 *
 * Any number of listeners share one event listener on their signal, and join or leave in constant
 * time. They are called in FIFO order, each at most once, before `controller.abort()` returns. The
 * `@aio` packages wait through this class. Derive from it for a waiting call that scales like theirs;
 * for one promise, {@link Pending} is shorter.
 *
 * On Node, these listeners are called even if an earlier one calls `stopImmediatePropagation()`; in
 * browsers, that cannot be prevented.
 *
 * @example Count the callers that were cancelled
 * ```ts
 * import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";
 *
 * let gaveUp = 0;
 * class Caller extends AbortListener {
 *   override get activity(): string {
 *     return "waiting for a free line";
 *   }
 *   override onAbort(error: CancelledError | TimeoutError): void {
 *     gaveUp += 1;
 *     console.log(error.message); // Stopped waiting for a free line: the operation was aborted
 *   }
 * }
 *
 * const controller = new AbortController();
 * new Caller().listenTo(controller.signal);
 * controller.abort();
 * console.log(gaveUp); // 1
 * ```
 */
export abstract class AbortListener {
  #ring: Ring | undefined;
  #previous: AbortListener = this;
  #next: AbortListener = this;

  /** What stops on an abort, for the message of the error: `"waiting for the lock"`. */
  get activity(): string | undefined {
    return undefined;
  }

  /**
   * Called once when the signal aborts. By then this object has stopped listening.
   *
   * An error that it throws is reported as an uncaught exception, as for any event listener; the other
   * listeners are still called.
   */
  abstract onAbort(error: CancelledError | TimeoutError): void;

  /**
   * Begin to listen, after all current listeners of this signal.
   *
   * @param signal - The signal to listen to, instead of an earlier one. If it has aborted, this object
   * does not listen, and is not called.
   */
  listenTo(signal: AbortSignal): void {
    this.stopListening();
    // Or an onAbort() that listens again would be called without end.
    if (signal.aborted) return;
    const ring = ringOf(signal);
    const head = ring.first;
    if (isDebug() || (head === undefined && ring.isTimed)) recordOrigin(this);
    if (head === undefined) {
      // First, because it may throw: a frozen Node signal refuses listeners.
      addAbortListener(signal, ring.tell);
      ring.first = this;
    } else {
      const tail = head.#previous;
      this.#previous = tail;
      this.#next = head;
      tail.#next = this;
      head.#previous = this;
    }
    this.#ring = ring;
  }

  /** Stop listening. No effect if this object does not listen. */
  stopListening(): void {
    const ring = this.#ring;
    if (ring === undefined) return;
    this.#ring = undefined;
    if (ring.isTimed || isDebug()) forgetOrigin(this);
    const next = this.#next;
    if (next === this) {
      ring.first = undefined;
      try {
        ring.signal.removeEventListener("abort", ring.tell);
      } catch (fault) {
        // The caller, which may just be releasing a lock, must not get the signal's error.
        reportUncaught(fault);
      }
      return;
    }
    if (ring.first === this) ring.first = next;
    next.#previous = this.#previous;
    this.#previous.#next = next;
    this.#next = this;
    this.#previous = this;
  }
}

// The listeners of one signal, in a property of the signal. The property is set once, so the ring works
// even if the signal is frozen later.
class Ring {
  first: AbortListener | undefined;
  readonly signal: AbortSignal;
  readonly isTimed: boolean;
  /** The event listener. */
  readonly tell: () => void;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.isTimed = isTimed(signal);
    // The platform calls a listener with its signal as `this`, so one function serves all signals.
    // Other implementations may call it without `this` and without an event, and a proxy of a signal
    // may not be the `this` of its listeners.
    this.tell = isPlatforms(signal) ? tellAll : () => tellAll.call(signal);
  }
}

function tellAll(this: AbortSignal): void {
  const ring = ringOf(this);
  let makeError: MakeCancellation | undefined;
  while (ring.first !== undefined) {
    const listener = ring.first;
    let error: CancelledError | TimeoutError;
    try {
      const origin = ring.isTimed || isDebug() ? originOf(listener) : undefined;
      makeError ??= cancellationsWithinAbort(this);
      error = makeError(listener.activity, origin);
    } catch (cause) {
      // A reason or an activity that cannot be read must not stop the abort from reaching the
      // others.
      error = new CancelledError(undefined, { cause });
    }
    // Reading the reason may run any code, which may end the wait of this very listener. So the
    // error is created before the listener leaves the ring.
    if (ring.first !== listener) continue;
    listener.stopListening();
    try {
      listener.onAbort(error);
    } catch (fault) {
      reportUncaught(fault);
    }
  }
}

function ringOf(signal: AbortSignal & { [ringKey]?: Ring }): Ring {
  const known = signal[ringKey];
  if (known !== undefined) return known;
  if (Object.isExtensible(signal)) return (signal[ringKey] = new Ring(signal));
  let ring = ringsOfClosed.get(signal);
  if (ring === undefined) ringsOfClosed.set(signal, (ring = new Ring(signal)));
  return ring;
}

// Captured when this module loads: tests of a program may install a fake one.
const { queueMicrotask } = globalThis;

// Reports an error as event targets do, in Node and elsewhere.
function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

// The listeners of Node's events.addAbortListener() run in spite of stopImmediatePropagation(),
// because of an option under an internal symbol. A call with a fake signal reveals that option, and
// addEventListener() takes it from then on: addAbortListener() itself creates three more objects per
// call. It exists since Node 20.5, and is available without an import since 20.16 and 22.3.
let listenerOptions: object | undefined;

function addAbortListener(signal: AbortSignal, listener: () => void): void {
  listenerOptions ??= optionsOfPlatform();
  signal.addEventListener("abort", listener, listenerOptions);
}

interface Platform {
  getBuiltinModule?(id: string): { addAbortListener?(signal: object, listener: () => void): void };
}

function optionsOfPlatform(): object {
  let options = {};
  const asked = {
    aborted: false,
    addEventListener(_type: string, _listener: unknown, given: object) {
      // A copy: reading Node's object, which has no prototype, takes 75 ns longer per call.
      options = { ...given };
    },
  };
  try {
    const platform: Platform | undefined = Reflect.get(globalThis, "process");
    platform?.getBuiltinModule?.("node:events").addAbortListener?.(asked, () => {});
  } catch {
    // Some platforms accept only their own signals.
  }
  return options;
}
