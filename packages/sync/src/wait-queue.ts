import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";

// The one engine for waiting: whatever waits for a Lock, an Event, a Condition, a Semaphore or a
// Barrier stands in a WaitQueue, and nothing else in this package makes a promise wait.
//
//     slots   │   │ a │ b │   │ d │ e │   │   │        a ring: places go on where the array ends
//                   ▲ head    (c has left)  ▲ tail
//
// Fair: waiters join at the tail and are woken at the head, and no primitive lets a newcomer pass
// while it has a queue: FIFO. What a waiter waits for is handed to it inside the waking call, so there
// is no moment at which a newcomer could take it.
//
// Cancelled at once: a waiter is in the queue exactly as long as its promise is pending. Waking takes
// it out, stops its listening and resolves it; an abort takes it out and rejects it. Both are
// synchronous, so whichever comes first finds the waiter and the other finds nothing: a settled
// promise wins, and no wake-up is spent on a waiter that has left.
//
// The price: a waiter that can leave knows its place and leaves an empty slot there, in constant time.
// Each empty slot is passed over once, or squeezed out when the ring is full. A waiter that nothing
// can reject is its promise's bare `resolve`: 168 bytes in all where a node of a linked list makes it
// 208, and a lock that 10,000 tasks hand on takes a sixth less time.

/** Hands a waiter what it waited for. */
type Settle<T> = (value: T) => void;

/** A waiter that may leave before it is woken. */
export interface Waiter<T> {
  /** Where it stands in its queue: the queue's own note. */
  place: number;
  /** Hand over what it waited for. Called by whoever took this waiter out of its queue. */
  readonly settle: Settle<T>;
}

/** A waiter that another caller can reject. */
interface Breakable<T> extends Waiter<T> {
  readonly fail: (error: unknown) => void;
}

type Slot<T> = Settle<T> | Waiter<T> | undefined;

const fewestSlots = 4;
const mostSlotsKept = 16_384;

/** Waiters in FIFO order. */
export class WaitQueue<T> {
  /** What the waiters do, for the message when their signal aborts. */
  readonly activity: string;
  // Their number is a power of two, so that a place's slot is its lowest bits.
  #slots: Slot<T>[] = [];
  #head = 0;
  #tail = 0;
  #size = 0;

  constructor(activity: string) {
    this.activity = activity;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Wait at the tail. The caller has looked at `signal`: it has not aborted. */
  wait(signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = deferred<T>();
    if (signal === undefined) this.#push(resolve);
    else this.#waitAbortably(signal, resolve, reject);
    return promise;
  }

  /** Wait at the tail of a queue whose waiters {@link breakAll} may reject. */
  waitBreakably(signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = deferred<T>();
    if (signal === undefined) this.add(new BreakableWaiter(resolve, reject));
    else this.#waitAbortably(signal, resolve, reject);
    return promise;
  }

  /** Hand `value` to the first waiter. The caller has looked: there is one. */
  wake(value: T): void {
    const waiter = this.#shift();
    if (typeof waiter === "function") waiter(value);
    else waiter.settle(value);
  }

  /** Hand all that wait now, in order, what `outcome` says for their place in the row. */
  wakeAll(outcome: (place: number) => T): void {
    const all = this.#size;
    for (let place = 0; place < all && this.#size > 0; place += 1) this.wake(outcome(place));
  }

  /** Reject all that wait now, in order. All of them came through {@link waitBreakably}. */
  breakAll(error: () => Error): void {
    for (let left = this.#size; left > 0 && this.#size > 0; left -= 1) {
      (this.#shift() as Breakable<T>).fail(error());
    }
  }

  /** Put a waiter at the tail. */
  add(waiter: Waiter<T>): void {
    waiter.place = this.#push(waiter);
  }

  /** Take a waiter of this queue out, wherever it stands. */
  remove(waiter: Waiter<T>): void {
    this.#slots[waiter.place & (this.#slots.length - 1)] = undefined;
    this.#left();
  }

  #waitAbortably(signal: AbortSignal, resolve: Settle<T>, reject: (error: unknown) => void): void {
    const waiter = new AbortableWaiter(this, resolve, reject);
    try {
      // First what may fail: a frozen signal of Node's takes no listener and throws.
      waiter.listenTo(signal);
      this.add(waiter);
    } catch (error) {
      reject(error);
    }
  }

  #push(waiter: Settle<T> | Waiter<T>): number {
    if (this.#tail - this.#head === this.#slots.length) this.#makeRoom();
    const place = this.#tail;
    this.#slots[place & (this.#slots.length - 1)] = waiter;
    this.#tail = place + 1;
    this.#size += 1;
    return place;
  }

  #shift(): Settle<T> | Waiter<T> {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let head = this.#head;
    while (slots[head & mask] === undefined) head += 1;
    const waiter = slots[head & mask] as Settle<T> | Waiter<T>;
    slots[head & mask] = undefined;
    this.#head = head + 1;
    this.#left();
    return waiter;
  }

  #left(): void {
    this.#size -= 1;
    if (this.#size > 0) return;
    // Slots are kept for the next crowd, since making room takes a tenth of a hand-off, but not too
    // many of them, nor after a crowd that needed few.
    const { length } = this.#slots;
    if (length > mostSlotsKept || length > this.#tail * 4) this.#slots = [];
    this.#head = this.#tail = 0;
  }

  // At least half of the new slots are free, so this is paid for by as many waiters as it moves.
  #makeRoom(): void {
    const old = this.#slots;
    const more = this.#size * 2 > old.length ? old.length * 2 : old.length;
    const slots = Array<Slot<T>>(Math.max(more, fewestSlots)).fill(undefined);
    let tail = 0;
    for (let place = this.#head; place < this.#tail; place += 1) {
      const waiter = old[place & (old.length - 1)];
      if (waiter === undefined) continue;
      if (typeof waiter !== "function") waiter.place = tail;
      slots[tail] = waiter;
      tail += 1;
    }
    this.#slots = slots;
    this.#head = 0;
    this.#tail = tail;
  }
}

class BreakableWaiter<T> implements Breakable<T> {
  place = 0;
  readonly settle: Settle<T>;
  readonly fail: (error: unknown) => void;

  constructor(settle: Settle<T>, fail: (error: unknown) => void) {
    this.settle = settle;
    this.fail = fail;
  }
}

class AbortableWaiter<T> extends AbortListener implements Breakable<T> {
  place = 0;
  readonly #queue: WaitQueue<T>;
  readonly #resolve: Settle<T>;
  readonly #reject: (error: unknown) => void;

  constructor(queue: WaitQueue<T>, resolve: Settle<T>, reject: (error: unknown) => void) {
    super();
    this.#queue = queue;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override get activity(): string {
    return this.#queue.activity;
  }

  settle(value: T): void {
    this.stopListening();
    this.#resolve(value);
  }

  fail(error: unknown): void {
    this.stopListening();
    this.#reject(error);
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#queue.remove(this);
    this.#reject(error);
  }
}

/** A promise, and what settles it. */
interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: Settle<T>;
  readonly reject: (error: unknown) => void;
}

// One executor for all promises: a closure for each would be a third of a waiter. What it is given is
// taken up at once and let go, or the last waiter would be kept alive from here. Two variables and not
// an object that holds both: the executor would have to make it, and that costs 40 ns. The object that
// is returned costs nothing: the compiler sees that it is only taken apart.
const nothing = (): void => {};
let capturedResolve: (value: never) => void = nothing;
let capturedReject: (error: unknown) => void = nothing;

function capture(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function deferred<T>(): Deferred<T> {
  const promise = new Promise<T>(capture);
  const resolve = capturedResolve as Settle<T>;
  const reject = capturedReject;
  capturedResolve = capturedReject = nothing;
  return { promise, resolve, reject };
}
