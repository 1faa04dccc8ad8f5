import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";

// The one engine for waiting: everybody who waits for a Lock, an Event, a Condition, a Semaphore or
// a Barrier is a node of a WaitQueue, and nothing else in this package makes a promise wait.
//
//     head ──▶ a ⇄ b ⇄ c ◀── tail        joined at the tail, woken at the head
//
// Fair: a node is woken only at the head, and a primitive lets nobody pass while it has a queue, so
// everybody is served in the order in which they came. What a waiter waits for is handed to it
// inside the waking call itself, so there is no moment at which it is free for a newcomer to take.
//
// Cancelled at once: a node is in the queue exactly as long as its promise is pending. Waking takes
// the node out, stops its listening and resolves it; an abort takes it out and rejects it. Both are
// synchronous, so whichever comes first finds the node and the other finds nothing: a promise that
// is settled wins, and no wake-up is spent on somebody who has gone.
//
// The price: leaving is two pointer writes wherever in the queue the node stands. A waiter without a
// signal keeps its `resolve` alone, in a node of its own small class: 226 bytes for everything it
// holds, where one that can be aborted takes 322.

/** Somebody who waits: a node of a {@link WaitQueue}. */
export interface Waiter<T> {
  previous: Waiter<T> | undefined;
  next: Waiter<T> | undefined;
  /** Called by whoever took this waiter out of its queue, with what it waited for. */
  settle(value: T | PromiseLike<T>): void;
}

/** Waiters in the order in which they came. */
export class WaitQueue<T> {
  #head: Waiter<T> | undefined = undefined;
  #tail: Waiter<T> | undefined = undefined;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Wait at the tail. The caller has looked at `signal` already: it has not aborted. */
  wait(signal: AbortSignal | undefined): Promise<T> {
    const promise = new Promise<T>(capture);
    const { reject } = captured;
    const resolve = captured.resolve as Settle<T>;
    captured = nothing;
    if (signal === undefined) {
      this.add(new PlainWaiter(resolve));
    } else {
      const waiter = new AbortableWaiter(this, resolve, reject);
      try {
        // First what may fail: a frozen signal of Node's throws when it is listened to.
        waiter.listenTo(signal);
        this.add(waiter);
      } catch (error) {
        reject(error);
      }
    }
    return promise;
  }

  /** Hand `value` to the first who waits. False if nobody does. */
  wake(value: T): boolean {
    const waiter = this.shift();
    if (waiter === undefined) return false;
    waiter.settle(value);
    return true;
  }

  /** Hand everybody who waits, first come first, what `outcome` says for his place in the queue. */
  wakeAll(outcome: (place: number) => T | PromiseLike<T>): void {
    let place = 0;
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) {
      waiter.settle(outcome(place));
      place += 1;
    }
  }

  /** Put a waiter at the tail. */
  add(waiter: Waiter<T>): void {
    const tail = this.#tail;
    this.#tail = waiter;
    if (tail === undefined) {
      this.#head = waiter;
    } else {
      tail.next = waiter;
      waiter.previous = tail;
    }
    this.#size += 1;
  }

  /** Take the first waiter out. */
  shift(): Waiter<T> | undefined {
    const waiter = this.#head;
    if (waiter !== undefined) this.remove(waiter);
    return waiter;
  }

  /** Take a waiter of this queue out, wherever it stands. */
  remove(waiter: Waiter<T>): void {
    const { previous, next } = waiter;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    waiter.previous = waiter.next = undefined;
    this.#size -= 1;
  }
}

// One executor for all promises: a closure for each would be the larger half of a waiter. What it
// was given is taken up at once and let go, or the last waiter would be kept alive from here.
const nothing = { resolve: (): void => {}, reject: (): void => {} };
let captured: { resolve: (value: never) => void; reject: (error: unknown) => void } = nothing;

function capture(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  captured = { resolve, reject };
}

type Settle<T> = (value: T | PromiseLike<T>) => void;

class PlainWaiter<T> implements Waiter<T> {
  previous: Waiter<T> | undefined = undefined;
  next: Waiter<T> | undefined = undefined;
  readonly settle: Settle<T>;

  constructor(resolve: Settle<T>) {
    this.settle = resolve;
  }
}

class AbortableWaiter<T> extends AbortListener implements Waiter<T> {
  previous: Waiter<T> | undefined = undefined;
  next: Waiter<T> | undefined = undefined;
  readonly #queue: WaitQueue<T>;
  readonly #resolve: Settle<T>;
  readonly #reject: (error: Error) => void;

  constructor(queue: WaitQueue<T>, resolve: Settle<T>, reject: (error: Error) => void) {
    super();
    this.#queue = queue;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  settle(value: T | PromiseLike<T>): void {
    this.stopListening();
    this.#resolve(value);
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#queue.remove(this);
    this.#reject(error);
  }
}
