import type { Duplex } from "node:stream";

import { type Collector, sendSoon } from "./send-soon.ts";

// Small writes go out together at the end of the turn of the event loop, when every line of a
// received chunk has been answered: a reply to each of a million lines runs 8 times as fast as with a
// write() for each. Each is copied at once, so its memory is the caller's again. A large chunk is not
// copied: it pushes out what is pending, in one system call with it, and order is kept. Its memory is
// in use until the system has taken all of it, which drain() waits for.
//
// The first write, mostly the only one, takes just the memory that it needs, so a message to a
// thousand connections takes a thousand times its size; a second one moves it to four times as much.
// An idle connection holds none.
const largestSmall = 4096;
const largestPending = 65_536;
const leastGrown = 1024;
// Up to here a loop takes less time than the 25 ns of Buffer.write().
const longestByHand = 24;

/** What a writer has taken and not handed to its socket, and the way it goes there. */
export abstract class WriterOutput implements Collector {
  /** What the output is written to. */
  socket: Duplex;
  readonly #highWaterMark: number;
  #pending: Buffer | undefined = undefined;
  #end = 0;
  // How many bytes the socket was handed, and where among them the last chunk ends that was not
  // copied.
  #handed = 0;
  #borrowedEnd = 0;
  #onSent: (() => void) | undefined = undefined;

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

  /** Whether more waits to be sent than the high-water mark allows, or memory of a caller's does. */
  get isFull(): boolean {
    return this.pendingLength > this.#highWaterMark || this.#isBorrowing;
  }

  /** Whether callers that wait because it was full can continue, or would not be told again. */
  get hasRoom(): boolean {
    if (this.#isBorrowing) return false;
    const length = this.pendingLength;
    if (length <= this.#highWaterMark >> 2) return true;
    if (this.#hasToAsk || length > this.#highWaterMark) return false;
    return !this.socket.writableNeedDrain;
  }

  get #isBorrowing(): boolean {
    return this.#borrowedEnd > this.#handed - this.socket.writableLength;
  }

  /** Continue with another socket, which was handed nothing yet. */
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

  #collect(chunk: Uint8Array): void {
    const pending = this.#room(chunk.length);
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
    const pending = this.#room(text.length * 3);
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

  // A socket tells that it is empty only if it was full by its own mark. If ours is lower, each write
  // has to tell.
  get #hasToAsk(): boolean {
    return this.#highWaterMark < this.socket.writableHighWaterMark;
  }

  #hand(chunk: Uint8Array, isBorrowed = false): void {
    this.#handed += chunk.length;
    if (isBorrowed) this.#borrowedEnd = this.#handed;
    if (!isBorrowed && !this.#hasToAsk) this.socket.write(chunk);
    else this.socket.write(chunk, (this.#onSent ??= () => this.onDrain()));
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
