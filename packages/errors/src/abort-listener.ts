import { CancelledError, type TimeoutError, cancellationWithinAbort } from "./cancellation.ts";
import { forgetOrigin, isDebug, isTimed, originOf, recordOrigin } from "./debug.ts";

// All that wait on one signal form a ring of listeners, linked through themselves. The signal holds
// their ring under a symbol, and has one event listener of ours for all of them:
//
//     signal[ringKey].first ──▶ a ⇄ b ⇄ c ⇄ (a)         in the order in which they began to listen
//
// Joining and leaving take a few pointer writes, however many listen already; Node walks its own list
// at each addEventListener (72 µs at 20,000 listeners), and warns at the 11th. On the abort each
// member leaves the ring before it is told, so it is told once whatever anyone does meanwhile, and
// the ring is empty before `abort()` returns. The event listener exists exactly as long as the ring
// has members: a signal that outlives its waits holds no waiter.
const ringKey = Symbol("ring of listeners");

// The rings of signals that take no property, sealed ones for example: 3 times as slow.
const ringsOfClosed = new WeakMap<AbortSignal, Ring>();

/**
 * Something that waits and is told when its signal aborts.
 *
 * Any number of listeners share one event listener on their signal, and join or leave in constant
 * time. They are told in FIFO order, each at most once, before `controller.abort()` returns. The
 * `@aio` packages wait through this class. Derive from it for a waiting call that scales like theirs;
 * for one promise, {@link Pending} is shorter.
 *
 * On Node, an earlier listener of the signal that calls `stopImmediatePropagation()` does not keep the
 * abort from these listeners; browsers have no means against that.
 *
 * @example Count the callers that gave up
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
  #signal: AbortSignal | undefined = undefined;
  #previous: AbortListener = this;
  #next: AbortListener = this;

  /** What stops on an abort, for the message of the error: `"waiting for the lock"`. */
  get activity(): string | undefined {
    return undefined;
  }

  /**
   * Called once when the signal aborts. By then this object has stopped listening.
   *
   * What it throws is reported as an uncaught exception, as the platform does with the errors of event
   * listeners; the other listeners are told all the same.
   */
  abstract onAbort(error: CancelledError | TimeoutError): void;

  /**
   * Begin to listen, behind all that listen to this signal already.
   *
   * @param signal - A signal that has not aborted yet: one that has does not tell again.
   */
  listenTo(signal: AbortSignal): void {
    this.stopListening();
    const ring = ringOf(signal);
    const head = ring.first;
    if (isDebug() || (head === undefined && ring.isTimed)) recordOrigin(this);
    if (head === undefined) {
      // First what may fail: a frozen signal of Node's throws here.
      addAbortListener(signal, ring.tell);
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

  /** Stop listening. Does nothing if this object does not listen. */
  stopListening(): void {
    const signal = this.#signal;
    if (signal === undefined) return;
    this.#signal = undefined;
    const ring = ringOf(signal);
    if (ring.isTimed || isDebug()) forgetOrigin(this);
    const next = this.#next;
    if (next === this) {
      ring.first = undefined;
      try {
        signal.removeEventListener("abort", ring.tell);
      } catch (fault) {
        // Whoever ends this wait, by releasing a lock perhaps, has no part in the signal's fault.
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

// Written to the signal once: the members are found even if the signal is frozen during the wait.
class Ring {
  first: AbortListener | undefined = undefined;
  readonly isTimed: boolean;
  /** The event listener. */
  readonly tell: () => void;

  constructor(signal: AbortSignal) {
    this.isTimed = isTimed(signal);
    // The platform calls a listener with its signal as `this`, so one function serves all signals. Others
    // may call it as a plain function, without an event even.
    this.tell = isPlatforms(signal) ? tellAll : () => tellAll.call(signal);
  }
}

function isPlatforms(signal: AbortSignal): boolean {
  return typeof EventTarget === "function" && signal instanceof EventTarget;
}

function tellAll(this: AbortSignal): void {
  const ring = ringOf(this);
  while (ring.first !== undefined) {
    const listener = ring.first;
    let error: CancelledError | TimeoutError;
    try {
      const origin = ring.isTimed || isDebug() ? originOf(listener) : undefined;
      error = cancellationWithinAbort(this, listener.activity, origin);
    } catch (cause) {
      // A reason or an activity that cannot be read must not keep the abort from those behind it.
      error = new CancelledError(undefined, { cause });
    }
    // Reading the reason may have run any code: code that ended the wait of this very listener, for
    // example. So the error is made before the listener leaves the ring.
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

// As an event target reports what a listener throws, in Node and elsewhere alike.
function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

type ListenerOptions = Parameters<AbortSignal["addEventListener"]>[2];

// Node's events.addAbortListener() adds a listener that does not notice stopImmediatePropagation(), by
// an option under a symbol of Node's. It is asked once for that option, since it makes three more objects
// a call; a listener with the option costs as much as one without. It exists since 20.5, and can be had
// without an import since 20.16 and 22.3.
let listenerOptions: ListenerOptions;
let areOptionsKnown = false;

function addAbortListener(signal: AbortSignal, listener: () => void): void {
  if (!areOptionsKnown) listenerOptions = optionsOfPlatform();
  areOptionsKnown = true;
  signal.addEventListener("abort", listener, listenerOptions);
}

interface Platform {
  getBuiltinModule?(id: string): { addAbortListener?(signal: object, listener: () => void): void };
}

function optionsOfPlatform(): ListenerOptions {
  let options: ListenerOptions;
  const asked = {
    aborted: false,
    addEventListener(_type: string, _listener: unknown, given?: ListenerOptions) {
      options = given;
    },
  };
  try {
    const platform: Platform | undefined = Reflect.get(globalThis, "process");
    platform?.getBuiltinModule?.("node:events").addAbortListener?.(asked, () => {});
  } catch {
    // A platform that takes no signal but its own.
  }
  return options;
}
