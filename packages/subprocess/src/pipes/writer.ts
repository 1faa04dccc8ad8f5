import type { Writable } from "node:stream";
import {
  AbortListener,
  RuntimeError,
  type WaitOptions,
  cancellationError,
  invalidArgumentType,
  signalOf,
} from "@aio/errors";
import type { Data, StreamWriter } from "../stream-writer.ts";

// Writes gather. A piece of at most 4 KiB is copied into a slab at once, and at the end of the tick
// everything in the slab goes to the pipe in one write; a larger piece pushes out what is gathered
// and is handed on as it is. So many short lines cost one system call, and a caller may reuse a small
// buffer right away. A part of the slab that was sent is never written to again.
const smallWrite = 4096;
const slabSize = 16_384;
const highWater = 65_536;
const lowWater = 16_384;
const disposalPatience = 30_000;

// One function for all writers: a closure each would be made for each flush.
let flushPlanned: (writer: PipeWriter) => void;

/** The writer of a pipe to a child. */
export class PipeWriter implements StreamWriter {
  readonly #stream: Writable;
  #slab: Buffer = Buffer.alloc(0);
  #slabStart = 0;
  #slabEnd = 0;
  #flushPlanned = false;
  #isEnding = false;
  #isClosing = false;
  #isClosed = false;
  #error: Error | undefined = undefined;
  readonly #draining = new Set<Wait>();
  readonly #closed = new Set<Wait>();

  constructor(stream: Writable) {
    this.#stream = stream;
    // Owned for good: an EPIPE that nobody looks at must not end this process.
    stream.on("error", (error) => this.#lose(error));
    stream.on("close", () => this.#onClose());
  }

  write(data: Data): void {
    if (typeof data !== "string" && !ArrayBuffer.isView(data)) {
      throw invalidArgumentType("data", "a string or a view of bytes", data);
    }
    if (this.#isClosing) {
      if (this.#isEnding) throw new RuntimeError("Cannot call write() after writeEof()");
      return;
    }
    const size = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
    if (size === 0) return;
    if (size > smallWrite) {
      this.#flush();
      this.#send(bytesOf(data));
      return;
    }
    if (this.#slabEnd + size > this.#slab.length) {
      this.#flush();
      this.#slab = Buffer.allocUnsafeSlow(slabSize);
      this.#slabStart = this.#slabEnd = 0;
    }
    if (typeof data === "string") this.#slab.write(data, this.#slabEnd);
    else this.#slab.set(bytesOf(data), this.#slabEnd);
    this.#slabEnd += size;
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    process.nextTick(flushPlanned, this);
  }

  writelines(chunks: Iterable<Data>): void {
    for (const chunk of chunks) this.write(chunk);
  }

  drain(options?: WaitOptions): Promise<void> {
    return waitIn(this.#draining, options, () => {
      // A loop of writing and draining must be told now: the 'close' may never have its turn.
      if (this.#error !== undefined) throw this.#error;
      const unsent = this.#unsent();
      if (unsent === 0 && this.#isClosing && !this.#isEnding) {
        throw lost("Cannot drain the pipe: it is closed");
      }
      return unsent <= highWater;
    });
  }

  writeEof(): void {
    if (this.#isClosing) return;
    this.close();
    this.#isEnding = true;
  }

  canWriteEof(): boolean {
    return true;
  }

  close(): void {
    this.#isEnding = false;
    if (this.#isClosing) return;
    this.#flush();
    this.#isClosing = true;
    this.#stream.end();
  }

  isClosing(): boolean {
    return this.#isClosing;
  }

  waitClosed(options?: WaitOptions): Promise<void> {
    return waitIn(this.#closed, options, () => {
      if (this.#isClosed && this.#error !== undefined) throw this.#error;
      return this.#isClosed;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    // A process that never reads must not hold up the end of a block for ever.
    const timer = setTimeout(() => this.#stream.destroy(), disposalPatience);
    try {
      await this.waitClosed();
    } catch {
      // drain() and waitClosed() tell it to those who ask.
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The process has ended. Node closes its standard input then, and is silent about what was unsent.
   */
  onReaderGone(): void {
    if (this.#unsent() > 0) this.#lose(lost("Cannot write to the pipe: its reader is gone"));
    this.destroy();
  }

  /** Let go of the pipe, and of what is unsent. */
  destroy(): void {
    this.#isClosing = true;
    this.#stream.destroy();
  }

  static {
    flushPlanned = (writer) => {
      writer.#flushPlanned = false;
      writer.#flush();
    };
  }

  #unsent(): number {
    return this.#stream.writableLength + this.#slabEnd - this.#slabStart;
  }

  #flush(): void {
    const start = this.#slabStart;
    const end = this.#slabEnd;
    if (start === end) return;
    this.#slabStart = end;
    this.#send(this.#slab.subarray(start, end));
  }

  #send(bytes: Uint8Array): void {
    this.#stream.write(bytes, this.#onSent);
  }

  // One function for all writes: how much is unsent is the stream's to know. After a failure too
  // nothing is unsent any more; what is true then, the 'error' and the 'close' tell that follow.
  readonly #onSent = (error?: Error | null): void => {
    if (error || this.#stream.destroyed || this.#draining.size === 0) return;
    if (this.#unsent() > lowWater) return;
    for (const wait of this.#draining) wait.settle(undefined);
  };

  #lose(error: Error): void {
    this.#error ??= error;
    this.#isClosing = true;
    this.#isEnding = false;
  }

  #onClose(): void {
    this.#isClosing = this.#isClosed = true;
    for (const wait of this.#draining) wait.settle(this.#error);
    for (const wait of this.#closed) wait.settle(this.#error);
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function lost(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}

/** Wait among `waits`, unless the answer is there already, or throws. */
function waitIn(
  waits: Set<Wait>,
  options: WaitOptions | undefined,
  isDone: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const signal = signalOf(options);
    if (signal?.aborted) throw cancellationError(signal);
    if (isDone()) {
      resolve();
      return;
    }
    const wait = new Wait(waits, resolve, reject);
    if (signal !== undefined) wait.listenTo(signal);
  });
}

class Wait extends AbortListener {
  readonly #waits: Set<Wait>;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;

  constructor(waits: Set<Wait>, resolve: () => void, reject: (error: Error) => void) {
    super();
    this.#waits = waits;
    this.#resolve = resolve;
    this.#reject = reject;
    waits.add(this);
  }

  settle(error: Error | undefined): void {
    this.#waits.delete(this);
    this.stopListening();
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }

  override onAbort(error: Error): void {
    this.settle(error);
  }
}
