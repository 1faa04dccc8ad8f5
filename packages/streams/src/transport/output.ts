import type { Duplex } from "node:stream";
import { type Collector, sendSoon } from "./send-soon.ts";

// Small writes are batched until the end of the event-loop turn, when every line of a received chunk
// has been answered: replying to each of a million lines is 30 times as fast as with a write() for
// each. Small chunks are copied, so the caller can reuse their memory at once. A large chunk is not
// copied: it is sent together with the pending batch, in one system call and in order. Its memory is
// in use until the system has taken all of it, which drain() waits for.
//
// The first write, often the only one, allocates its size, so sending a message to a thousand
// connections takes a thousand times that. Short text gets three times its length, the most that UTF-8
// needs. A second write moves the batch to a buffer of four times the size. An idle connection holds no
// buffer.
const largestSmall = 4096;
const largestPending = 65_536;
const leastGrown = 1024;
// Up to this length, a loop is faster than Buffer.write(), which takes 25 ns.
const longestByHand = 24;

/** A writer's pending output, and how it is handed to the socket. */
export abstract class WriterOutput implements Collector {
  /** What the output is written to. */
  socket: Duplex;
  readonly #highWaterMark: number;
  #pending: Buffer | undefined = undefined;
  #end = 0;
  // How many bytes were handed to the socket: in all, and up to the end of the last chunk that was
  // borrowed from the caller, not copied.
  #handed = 0;
  #borrowedEnd = 0;

  constructor(socket: Duplex, highWaterMark: number) {
    this.socket = socket;
    this.#highWaterMark = highWaterMark;
  }

  /** Called when {@link WriterOutput.hasRoom} may have become true. */
  abstract onDrain(): void;

  /** How many bytes wait to be sent. */
  get pendingLength(): number {
    return this.#end + this.socket.writableLength;
  }

  /** Whether more is unsent than the high-water mark allows, or a caller's memory is still in use. */
  get isFull(): boolean {
    return this.pendingLength > this.#highWaterMark || this.#isBorrowing;
  }

  /** Whether waiting callers can continue: there is room, or no further event would wake them. */
  get hasRoom(): boolean {
    if (this.#isBorrowing) return false;
    const length = this.pendingLength;
    // A quarter is asyncio's default low-water mark.
    if (length <= this.#highWaterMark / 4) return true;
    if (this.#hasToAsk || length > this.#highWaterMark) return false;
    return !this.socket.writableNeedDrain;
  }

  /** Continue with another socket, to which nothing was written yet. */
  continueWith(socket: Duplex): void {
    this.socket = socket;
    this.#handed = 0;
    this.#borrowedEnd = 0;
  }

  write(chunk: Uint8Array | string): void {
    if (typeof chunk === "string") this.#writeText(chunk);
    else if (chunk.length <= largestSmall) this.#collect(chunk);
    else this.#writeLarge(chunk, true);
  }

  /** Hand what is pending to the socket now. */
  flush(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const collected = this.#end === pending.length ? pending : pending.subarray(0, this.#end);
    this.drop();
    this.#hand(collected);
  }

  send(): void {
    if (this.#pending === undefined) return;
    this.flush();
    this.onDrain();
  }

  /** Forget what is pending. */
  drop(): void {
    this.#pending = undefined;
    this.#end = 0;
  }

  get #isBorrowing(): boolean {
    return this.#borrowedEnd > this.#handed - this.socket.writableLength;
  }

  #collect(chunk: Uint8Array): void {
    const pending = this.#batchWithRoom(chunk.length);
    pending.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #writeText(text: string): void {
    // A UTF-16 unit becomes at most 3 bytes.
    if (text.length * 3 > largestSmall) {
      const bytes = Buffer.from(text);
      if (bytes.length <= largestSmall) this.#collect(bytes);
      else this.#writeLarge(bytes, false);
      return;
    }
    const pending = this.#batchWithRoom(text.length * 3);
    this.#end +=
      text.length > longestByHand
        ? pending.write(text, this.#end)
        : writeByHand(text, pending, this.#end);
  }

  #writeLarge(chunk: Uint8Array, isBorrowed: boolean): void {
    if (this.#pending === undefined) {
      this.#hand(chunk, isBorrowed);
      return;
    }
    this.socket.cork();
    this.flush();
    this.#hand(chunk, isBorrowed);
    uncork(this.socket);
  }

  // The pending batch, with room for `size` more bytes. If it is full, it is sent first.
  #batchWithRoom(size: number): Buffer {
    if (this.#end + size > largestPending) this.flush();
    const pending = this.#pending;
    if (pending === undefined) return this.#begin(size);
    const needed = this.#end + size;
    if (needed <= pending.length) return pending;
    const grown = Buffer.allocUnsafe(Math.min(largestPending, Math.max(leastGrown, needed * 4)));
    pending.copy(grown, 0, 0, this.#end);
    this.#pending = grown;
    return grown;
  }

  #begin(size: number): Buffer {
    sendSoon(this);
    return (this.#pending = Buffer.allocUnsafe(size));
  }

  // A socket emits 'drain' only after exceeding its own high-water mark. If ours is lower, each
  // write needs a callback.
  get #hasToAsk(): boolean {
    return this.#highWaterMark < this.socket.writableHighWaterMark;
  }

  #hand(chunk: Uint8Array, isBorrowed = false): void {
    this.#handed += chunk.length;
    if (isBorrowed) this.#borrowedEnd = this.#handed;
    try {
      if (!isBorrowed && !this.#hasToAsk) this.socket.write(chunk);
      else this.socket.write(chunk, () => this.onDrain());
    } catch (error) {
      this.socket.destroy(error as Error);
    }
  }
}

/** Call `socket.uncork()`, which may call the write() of a caller's stream, which may throw. */
export function uncork(socket: Duplex): void {
  try {
    socket.uncork();
  } catch (error) {
    socket.destroy(error as Error);
  }
}

function writeByHand(text: string, target: Buffer, start: number): number {
  const { length } = text;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return target.write(text, start);
    target[start + index] = unit;
  }
  return length;
}
