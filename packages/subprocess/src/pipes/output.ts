import type { Duplex } from "node:stream";
import { Pending } from "@aio/errors";
import { nextTick } from "../platform.ts";

// Writes are batched. A chunk of at most 4 KiB is copied into a slab, which is written to the pipe
// at the end of the tick. A larger chunk flushes the slab and is sent without a copy. So many short
// lines take one system call, and the caller can reuse a small buffer at once. The sent part of a
// slab is never overwritten.
//
// A pipe does not report that its reader is gone; a write to it fails instead. So the first drain()
// of a tick flushes the slab, to find out. Others in the same tick do not, so a loop of write() and
// drain() still takes one system call for many lines.
const smallWrite = 4096;
const slabSize = 16_384;
const highWater = 65_536;
const lowWater = 16_384;

// Shared, so that a flush does not create a closure.
const endTick = (output: PipeOutput): void => output.onTick();

/** The parent's end of a child's standard input. */
export class PipeOutput {
  /** The pipe itself. */
  readonly stream: Duplex;
  #slab: Buffer = Buffer.alloc(0);
  #slabStart = 0;
  #slabEnd = 0;
  #hasTickPlanned = false;
  #hasProbed = false;
  /** How many chunks in the caller's memory the pipe has not taken yet. */
  #borrowed = 0;
  #state: "open" | "closing" | "closed" = "open";
  #hasEnded = false;
  #error: Error | undefined;
  readonly #draining = new Set<Pending<void>>();
  readonly #closing = new Set<Pending<void>>();

  constructor(stream: Duplex) {
    this.stream = stream;
    // Never removed: an EPIPE without a listener would crash this process.
    stream.on("error", (error) => this.#onLost(error));
    stream.on("close", () => this.#onClose());
  }

  /** Why data was lost; `undefined` if all of it was sent or is pending. */
  get error(): Error | undefined {
    return this.#error;
  }

  get state(): "open" | "closing" | "closed" {
    return this.#state;
  }

  /** Whether it was closed by {@link PipeOutput.end}. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** How many bytes are unsent. */
  get unsent(): number {
    return this.stream.writableLength + this.#slabEnd - this.#slabStart;
  }

  /** Whether a writer should wait: for room, or because its memory is still in use. */
  get isFull(): boolean {
    return this.unsent > highWater || this.#isBorrowing;
  }

  write(data: string | Uint8Array): void {
    const isText = typeof data === "string";
    const size = isText ? Buffer.byteLength(data) : data.byteLength;
    if (size > smallWrite) {
      this.flush();
      if (isText) this.#send(Buffer.from(data), this.#onSent);
      else this.#sendBorrowed(data);
      return;
    }
    if (this.#slabEnd + size > this.#slab.length) {
      this.flush();
      this.#slab = Buffer.allocUnsafeSlow(slabSize);
      this.#slabStart = this.#slabEnd = 0;
    }
    if (isText) this.#slab.write(data, this.#slabEnd);
    else this.#slab.set(data, this.#slabEnd);
    this.#slabEnd += size;
    this.#planTick();
  }

  /** Send the batch. */
  flush(): void {
    const start = this.#slabStart;
    const end = this.#slabEnd;
    if (start === end) return;
    this.#slabStart = end;
    this.#send(this.#slab.subarray(start, end), this.#onSent);
  }

  /** Send the batch, at most once a tick, to find out whether the reader is gone. */
  probe(): void {
    if (this.#hasProbed || this.#slabStart === this.#slabEnd) return;
    this.#hasProbed = true;
    this.flush();
    this.#planTick();
  }

  onTick(): void {
    this.#hasTickPlanned = this.#hasProbed = false;
    this.flush();
  }

  waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    return waitIn(this.#draining, signal, "waiting for room in the pipe");
  }

  waitForClose(signal: AbortSignal | undefined): Promise<void> {
    return waitIn(this.#closing, signal, "waiting for the pipe to close");
  }

  /** Close the pipe once everything is sent. */
  close(): void {
    this.#hasEnded = false;
    if (this.#state !== "open") return;
    this.flush();
    this.#state = "closing";
    this.stream.end();
  }

  /** The same, for writeEof(): later writes throw. */
  end(): void {
    if (this.#state !== "open") return;
    this.close();
    this.#hasEnded = this.#error === undefined;
  }

  /** Close the pipe, and drop what is unsent. */
  abort(): void {
    if (this.#state !== "closed") this.#state = "closing";
    this.stream.destroy();
  }

  /** The process has ended. Unsent data is still sent if another process reads the pipe. */
  onExit(): void {
    this.flush();
    if (this.unsent === 0 || this.#error !== undefined) this.abort();
    else if (!this.#hasEnded) this.close();
  }

  get #isBorrowing(): boolean {
    return this.#borrowed > 0 && this.stream.writableLength > 0;
  }

  #planTick(): void {
    if (this.#hasTickPlanned) return;
    this.#hasTickPlanned = true;
    nextTick(endTick, this);
  }

  #send(bytes: Uint8Array, onSent: (error?: Error | null) => void): void {
    this.stream.write(bytes, onSent);
    // Recorded at once: the 'error' event comes later.
    if (this.stream.errored) this.#onLost(this.stream.errored);
  }

  #sendBorrowed(bytes: Uint8Array): void {
    this.#borrowed += 1;
    this.#send(bytes, this.#onBorrowedSent);
  }

  readonly #onBorrowedSent = (error?: Error | null): void => {
    this.#borrowed -= 1;
    this.#onSent(error);
  };

  // One function for all writes, because the stream counts what is unsent. After a failure it counts
  // nothing, but then the 'error' and 'close' events settle the waiters.
  readonly #onSent = (error?: Error | null): void => {
    if (error || this.#draining.size === 0) return;
    if (this.unsent > lowWater || this.#isBorrowing) return;
    for (const drain of this.#draining) drain.resolve();
  };

  #onLost(error: Error): void {
    this.#error ??= error;
    this.#hasEnded = false;
    if (this.#state !== "closed") this.#state = "closing";
  }

  #onClose(): void {
    this.#state = "closed";
    for (const wait of [...this.#draining, ...this.#closing]) {
      if (this.#error === undefined) wait.resolve();
      else wait.reject(this.#error);
    }
  }
}

function waitIn(
  waits: Set<Pending<void>>,
  signal: AbortSignal | undefined,
  activity: string,
): Promise<void> {
  const wait = new Pending<void>(signal, { activity, onSettled: () => waits.delete(wait) });
  // A signal that refuses listeners has rejected it.
  if (!wait.settled) waits.add(wait);
  return wait.promise;
}
