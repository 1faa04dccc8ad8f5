import {
  CancelledError,
  type MakeCancellation,
  type TimeoutError,
  cancellationsWithinAbort,
} from "./cancellation.ts";
import { isDebug, origins, recordOrigin } from "./debug.ts";
import { isPlatforms, isTimed } from "./signal.ts";

// All waiters on one signal form a doubly linked list. The signal holds the list under a symbol, and
// has one event listener for all of them:
//
//     signal[listKey].first ──▶ a ⇄ b ⇄ c ◀── signal[listKey].last        in FIFO order
//
// Joining and leaving take a few pointer writes, however many members there are; Node walks its list
// at each addEventListener (72 µs at 20,000 listeners), and Node 20 warns at the 11th. On an abort,
// each member leaves the list before it is called, so it is called once, whatever other code does
// meanwhile, and the list is empty before `abort()` returns. The event listener exists exactly as
// long as the list has members: a signal that outlives its waits does not keep waiters alive.
const listKey = Symbol("abort listeners");

// The lists of signals that do not accept properties, such as sealed ones. A lookup here is 3 times as
// slow.
const listsOfClosed = new WeakMap<AbortSignal, List>();

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
  #list: List | undefined;
  #previous: AbortListener | undefined;
  #next: AbortListener | undefined;

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
    const list = listOf(signal);
    const isFirst = list.first === undefined;
    if (isDebug() || (isFirst && list.isTimed)) recordOrigin(this);
    // Before joining, because it may throw: a frozen Node signal refuses listeners. A foreign signal's
    // addEventListener() may call back, and another listener join meanwhile, or this one.
    if (isFirst) addAbortListener(signal, list.tell);
    if (this.#list !== undefined) return;
    const previous = list.last;
    if (previous === undefined) list.first = this;
    else previous.#next = this;
    this.#previous = previous;
    list.last = this;
    this.#list = list;
  }

  /** Stop listening. No effect if this object does not listen. */
  stopListening(): void {
    const list = this.#list;
    if (list === undefined) return;
    this.#list = undefined;
    if (list.isTimed || isDebug()) origins.delete(this);
    const previous = this.#previous;
    const next = this.#next;
    this.#previous = this.#next = undefined;
    if (previous === undefined) list.first = next;
    else previous.#next = next;
    if (next === undefined) list.last = previous;
    else next.#previous = previous;
    if (list.first !== undefined) return;
    try {
      list.signal.removeEventListener("abort", list.tell);
    } catch (fault) {
      // The caller, which may just be releasing a lock, must not get the signal's error.
      reportUncaught(fault);
    }
  }
}

// The listeners of one signal, in a property of the signal. The property is set once, so the list works
// even if the signal is frozen later.
class List {
  first: AbortListener | undefined;
  last: AbortListener | undefined;
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
  const list = listOf(this);
  let makeError: MakeCancellation | undefined;
  while (list.first !== undefined) {
    const listener = list.first;
    let error: CancelledError | TimeoutError;
    try {
      makeError ??= cancellationsWithinAbort(this);
      error = makeError(listener.activity, origins.get(listener));
    } catch (cause) {
      // A reason or an activity that cannot be read must not stop the abort from reaching the
      // others.
      error = new CancelledError(undefined, { cause });
    }
    // Reading the reason may run any code, which may end the wait of this very listener. So the
    // error is created before the listener leaves the list.
    if (list.first !== listener) continue;
    listener.stopListening();
    try {
      listener.onAbort(error);
    } catch (fault) {
      reportUncaught(fault);
    }
  }
}

function listOf(signal: AbortSignal & { [listKey]?: List }): List {
  const known = signal[listKey];
  if (known !== undefined) return known;
  if (Object.isExtensible(signal)) return (signal[listKey] = new List(signal));
  let list = listsOfClosed.get(signal);
  if (list === undefined) listsOfClosed.set(signal, (list = new List(signal)));
  return list;
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
