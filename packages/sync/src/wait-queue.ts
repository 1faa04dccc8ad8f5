import { AbortListener, type CancelledError, type TimeoutError } from "@aio/errors";
import type { Guard } from "./guard.ts";

// The one engine for waiting: every waiter of a Lock, an Event, a Condition, a Semaphore or a
// Barrier is in a WaitQueue, which makes its promise, except a condition's sleepers: see sleeper.ts.
//
//     slots   │   │ a │ b │   │ d │ e │   │   │        a ring: places wrap around at the end
//                   ▲ head    (c has left)  ▲ tail
//
// Fair (FIFO): waiters join at the tail and are woken at the head. A lock or permit is handed off
// inside the waking call, so it is free only while its queue is empty: a newcomer that takes it at once
// overtakes no one.
//
// Cancelled at once: an AbortableWaiter is in the queue exactly as long as its promise is pending.
// Waking removes and resolves it; an abort removes and rejects it. Both are synchronous, so the first
// one settles the waiter and the other no longer finds it: no wake-up is lost to a waiter that has
// left.
//
// Leaving takes constant time: a waiter that can leave knows its place and empties its slot. Each
// empty slot is skipped once, or removed when the ring is full. A waiter without a signal is stored as
// only its promise's `resolve`: 168 bytes per waiter, against 208 with a linked-list node, and handing a
// lock off among 10,000 tasks takes a sixth less time. Its `reject` is never kept, so V8 does not even
// create it: 56 bytes less to allocate. A broken barrier rejects through `resolve`: see rejecting().

/** Resolves a waiter with what it waited for. */
type Settle<T> = (value: T) => void;

/** A waiter that may leave before it is woken, or does more than resolve when it is. */
export interface Waiter<T> {
  /** Its place in the queue. Only the queue reads and writes it. */
  place: number;
  /** Called when it is woken, with what it waited for. The caller has removed it from its queue. */
  readonly settle: Settle<T>;
  /**
   * The guard that it held before, and gets the lock back for: see sleeper.ts. If the lock created one
   * for this turn, a wake-up would take 12 % longer, and with a signal 40 %.
   */
  readonly guard?: Guard;
}

type Slot<T> = Settle<T> | Waiter<T> | undefined;

const fewestSlots = 4;
const mostSlotsKept = 16_384;

/** Waiters in FIFO order. */
export class WaitQueue<T> {
  /** The activity that a cancellation's message names. */
  readonly activity: string;
  // The length is a power of two, so the slot of a place is its lowest bits.
  #slots: Slot<T>[] = [];
  #head = 0;
  #tail = 0;
  #size = 0;

  constructor(activity: string) {
    this.activity = activity;
  }

  /** The number of waiters. */
  get size(): number {
    return this.#size;
  }

  /** Wait at the tail. `signal` must not have aborted. */
  wait(signal: AbortSignal | undefined): Promise<T> {
    if (signal !== undefined) return this.#waitAbortably(signal);
    const promise = new Promise<T>(captureResolve);
    this.#push(capturedResolve as Settle<T>);
    capturedResolve = nothing;
    return promise;
  }

  /** Resolve the first waiter with `value`. There must be one. */
  wake(value: T): void {
    const waiter = this.shift();
    if (typeof waiter === "function") waiter(value);
    else waiter.settle(value);
  }

  /** Remove the first waiter, for the caller to settle. There must be one. */
  shift(): Settle<T> | Waiter<T> {
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

  /** Resolve all current waiters in order, each with `outcome` of its rank, from 0. */
  wakeAll(outcome: (rank: number) => T): void {
    // A foreign signal's removeEventListener() may call back, and add waiters or abort some meanwhile.
    const all = this.#size;
    for (let rank = 0; rank < all && this.#size > 0; rank += 1) this.wake(outcome(rank));
  }

  /** Put a waiter at the tail. */
  add(waiter: Waiter<T>): void {
    waiter.place = this.#push(waiter);
  }

  /** Remove a waiter, wherever it is in the queue. */
  remove(waiter: Waiter<T>): void {
    this.#slots[waiter.place & (this.#slots.length - 1)] = undefined;
    this.#left();
  }

  #waitAbortably(signal: AbortSignal): Promise<T> {
    const { promise, resolve, reject } = deferred<T>();
    const waiter = new AbortableWaiter(this, resolve, reject);
    this.add(waiter);
    try {
      waiter.listenTo(signal);
      // A foreign signal's addEventListener() may call back, and wake this waiter before it listens.
      if (!this.#has(waiter)) waiter.stopListening();
    } catch (error) {
      // A frozen Node signal refuses listeners.
      if (this.#has(waiter)) this.remove(waiter);
      reject(error);
    }
    return promise;
  }

  #has(waiter: Waiter<T>): boolean {
    return this.#slots[waiter.place & (this.#slots.length - 1)] === waiter;
  }

  #push(waiter: Settle<T> | Waiter<T>): number {
    if (this.#tail - this.#head === this.#slots.length) this.#makeRoom();
    const place = this.#tail;
    this.#slots[place & (this.#slots.length - 1)] = waiter;
    this.#tail = place + 1;
    this.#size += 1;
    return place;
  }

  #left(): void {
    this.#size -= 1;
    if (this.#size > 0) return;
    // Slots are kept for the next burst, since growing takes 10 % of a hand-off; but not too many, and
    // not if this burst needed far fewer. Until the queue is empty it keeps all: 8 of the 168 bytes that
    // each waiter of its largest burst took.
    const { length } = this.#slots;
    if (length > mostSlotsKept || length > this.#tail * 4) this.#slots = [];
    this.#head = this.#tail = 0;
  }

  // Amortized: at least half of the new slots are free, so as many waiters can join as are moved
  // here.
  #makeRoom(): void {
    const old = this.#slots;
    if (this.#head === 0 && this.#size === old.length && old.length > 0) {
      // The queue has only grown, so every place stays valid and one memory copy suffices. With the
      // loop below, handing a lock off among 10,000 tasks takes a tenth longer.
      this.#slots = old.concat(old).fill(undefined, old.length);
      return;
    }
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

class AbortableWaiter<T> extends AbortListener implements Waiter<T> {
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

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#queue.remove(this);
    this.#reject(error);
  }
}

/** A promise, and the functions that settle it. */
interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: Settle<T>;
  readonly reject: (error: unknown) => void;
}

// One executor for all promises: creating a closure for each takes a sixth of a hand-off. The two
// variables are cleared at once, or they would keep the last waiter alive. They are not one object,
// because creating it in the executor takes 40 ns. The returned object costs nothing: callers only
// destructure it, so V8 does not create it.
const nothing = (): void => {};
let capturedResolve: (value: never) => void = nothing;
let capturedReject: (error: unknown) => void = nothing;

function captureResolve(resolve: (value: never) => void): void {
  capturedResolve = resolve;
}

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

/**
 * A value that rejects a promise that is resolved with it.
 *
 * `resolve` looks for a method `then`, and an error thrown by that look-up rejects the promise at once
 * (ECMAScript, Promise Resolve Functions). So a waiter can be rejected without its `reject`.
 */
export function rejecting(error: Error): never {
  const value = {
    // oxlint-disable-next-line unicorn/no-thenable -- an await of this value rejects, which is its purpose
    get then(): never {
      throw error;
    },
  };
  return value as never;
}
