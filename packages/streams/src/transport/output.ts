import type { Duplex } from "node:stream";

import { type Collector, sendSoon } from "./send-soon.ts";

// Small writes go out together, at the end of the turn of the event loop: when every line of a
// received chunk has been answered. A reply to each of a million lines runs 8 times as fast as with a
// write() for each. Each is copied at once, so that the caller may reuse its memory. A large chunk is
// not copied: it pushes out what is pending, in one system call with it, and order is kept.
//
// The first write, mostly the only one, takes just the memory that it needs, so that a message to a
// thousand connections takes a thousand times its size; what comes on top moves it to four times as
// much. An idle connection holds none.
const largestSmall = 4096;
const largestPending = 65_536;
const leastGrown = 1024;
// Up to here a loop takes less time than the 25 ns of Buffer.write().
const longestByHand = 24;

/** What a writer has taken but not handed to its socket, and the way it goes there. */
export abstract class WriterOutput implements Collector {
  /** Where it goes. */
  socket: Duplex;
  readonly #highWaterMark: number;
  #pending: Buffer | undefined = undefined;
  #end = 0;

  constructor(socket: Duplex, highWaterMark: number) {
    this.socket = socket;
    this.#highWaterMark = highWaterMark;
  }

  /** Called when {@link WriterOutput.isRelieved} may have become true. */
  abstract relieve(): void;

  /** How many bytes wait to be sent. */
  get pendingLength(): number {
    return this.#end + this.socket.writableLength;
  }

  /** Whether more waits to be sent than the high-water mark allows. */
  get isFull(): boolean {
    return this.pendingLength > this.#highWaterMark;
  }

  /** Whether those who waited because it was full can go on, or would not be told any more. */
  get isRelieved(): boolean {
    const length = this.pendingLength;
    if (length <= this.#highWaterMark >> 2) return true;
    if (this.#hasToAsk || length > this.#highWaterMark) return false;
    return !this.socket.writableNeedDrain;
  }

  write(chunk: Uint8Array | string): void {
    if (typeof chunk === "string") this.#writeText(chunk);
    else if (chunk.length <= largestSmall) this.#collect(chunk);
    else this.#writeLarge(chunk);
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
    this.relieve();
  }

  /** Forget what is pending. */
  drop(): void {
    this.#pending = undefined;
    this.#end = 0;
  }

  #collect(chunk: Uint8Array): void {
    const pending = this.#room(chunk.length);
    pending.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #writeText(text: string): void {
    // A UTF-16 unit becomes at most 3 bytes.
    if (text.length * 3 > largestSmall) {
      this.write(Buffer.from(text));
      return;
    }
    const pending = this.#room(text.length * 3);
    this.#end +=
      text.length > longestByHand
        ? pending.write(text, this.#end)
        : writeByHand(text, pending, this.#end);
  }

  #writeLarge(chunk: Uint8Array): void {
    if (this.#pending === undefined) {
      this.#hand(chunk);
      return;
    }
    this.socket.cork();
    this.flush();
    this.#hand(chunk);
    this.socket.uncork();
  }

  // What is pending, with room for so many bytes behind it.
  #room(size: number): Buffer {
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

  // A socket tells that it is empty only if it was full by its own measure. Where ours is smaller, each
  // write has to tell.
  get #hasToAsk(): boolean {
    return this.#highWaterMark < this.socket.writableHighWaterMark;
  }

  #hand(chunk: Uint8Array): void {
    if (this.#hasToAsk) this.socket.write(chunk, () => this.relieve());
    else this.socket.write(chunk);
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
