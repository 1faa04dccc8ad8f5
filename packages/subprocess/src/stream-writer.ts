import type { Writable } from "node:stream";
import type { WritableStream } from "node:stream/web";
import {
  RuntimeError,
  type WaitOptions,
  cancellationError,
  invalidArgumentType,
  invalidArgumentValue,
  signalOf,
} from "@aio/errors";
import type { ExtraInfo, StreamSocket } from "./extra-info.ts";
import type { PipeOutput } from "./pipes/output.ts";
import { webWritableOf, writableOf } from "./pipes/writable.ts";
import { clearTimeout, inspectAs, setTimeout } from "./platform.ts";

/** What can be written: bytes in any view, or text, which is sent as UTF-8. */
export type Data = string | ArrayBufferView;

const disposeTimeout = 30_000;
const settled: Promise<void> = Promise.resolve();

/**
 * The standard input of a process.
 *
 * It has the same type as the writers of `@aio/streams`, so a function can take either.
 *
 * {@link StreamWriter.write} never waits, so a loop that writes a lot must await
 * {@link StreamWriter.drain} for backpressure. Unless other processes read from the same pipe, unsent
 * data is lost when the process closes its end or exits: then `drain()` and `waitClosed()` reject, but
 * `write()` does not throw.
 *
 * @example Feed a sort line by line
 * ```ts
 * import { PIPE, createSubprocessExec } from "@aio/subprocess";
 *
 * const sort = await createSubprocessExec("sort", ["-n"], { stdin: PIPE, stdout: PIPE });
 * for (const number of [3, 1, 2]) {
 *   sort.stdin.write(`${number}\n`);
 *   await sort.stdin.drain();
 * }
 * sort.stdin.close();
 * console.log(String(await sort.stdout.read()).split("\n", 3)); // [ '1', '2', '3' ]
 * ```
 *
 * @example Feed a file to a process
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { PIPE, createSubprocessExec } from "@aio/subprocess";
 *
 * const wc = await createSubprocessExec("wc", ["-c"], { stdin: PIPE, stdout: PIPE });
 * await pipeline(createReadStream("/etc/passwd", { end: 99 }), wc.stdin.toWritable());
 * console.log(Number(await wc.stdout.read())); // 100
 * ```
 *
 * @see asyncio.StreamWriter
 */
export class StreamWriter implements AsyncDisposable {
  readonly #output: PipeOutput;

  private constructor(output: PipeOutput) {
    this.#output = output;
  }

  /**
   * Write, without waiting. It has no effect once the pipe is closed, or after
   * {@link StreamWriter.close}.
   *
   * Chunks of up to 4 KiB are copied, and sent together at the end of the tick. A larger one is not
   * copied: its memory must not change before {@link StreamWriter.drain} has resolved.
   *
   * @throws {TypeError} If `data` is neither a string nor a view of bytes.
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   */
  write(data: Data): void {
    const chunk = typeof data === "string" ? data : bytesOf(data);
    const output = this.#output;
    if (output.state === "open") output.write(chunk);
    else if (output.hasEnded) throw new RuntimeError("Cannot call write() after writeEof()");
  }

  /**
   * Write several chunks, in order.
   *
   * @throws {TypeError} If one of the chunks is neither a string nor a view of bytes.
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   */
  writelines(chunks: Iterable<Data>): void {
    const { stream } = this.#output;
    // So that a small chunk and the large one after it are one system call.
    stream.cork();
    try {
      for (const chunk of chunks) this.write(chunk);
    } finally {
      stream.uncork();
    }
  }

  /** Send what was written now, instead of at the end of the tick. */
  flush(): void {
    this.#output.flush();
  }

  /**
   * Wait until there is room for more. It resolves at once if at most 64 KiB are unsent; otherwise, once
   * at most 16 KiB are. Either way, chunks of more than 4 KiB must be sent first. Any number of callers
   * can wait.
   *
   * @throws {CancelledError} If `signal` aborts first; what was written is still sent.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {Error} If either side has closed the pipe: `code` is `EPIPE` or `ECONNRESET`. But as in
   * asyncio, a call that waits when {@link StreamWriter.abort} drops the data resolves.
   */
  drain(options?: WaitOptions): Promise<void> {
    try {
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal, "waiting for room in the pipe");
      const output = this.#output;
      output.probe();
      if (output.error !== undefined) throw output.error;
      if (output.isFull) return output.waitForRoom(signal);
      if (output.state === "open" || output.hasEnded || output.unsent > 0) return settled;
      throw Object.assign(new Error("Cannot drain the pipe: it is closed"), { code: "ECONNRESET" });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Whether {@link StreamWriter.drain} would wait for room. Once the writer is closing, drain() can reject
   * whatever this is.
   */
  get needsDrain(): boolean {
    return this.#output.isFull && this.#output.error === undefined;
  }

  /**
   * Close the pipe once everything is sent, so that the process reaches end of input. Unlike
   * {@link StreamWriter.close}, a later write throws.
   *
   * @remarks Unlike asyncio, whose pipes ignore a later write; its sockets do not.
   */
  writeEof(): void {
    this.#output.end();
  }

  /** Always `true`. */
  canWriteEof(): boolean {
    return true;
  }

  /** Close the pipe once everything is sent, so that the process reaches end of input. */
  close(): void {
    this.#output.close();
  }

  /**
   * Close the pipe now, and drop what is unsent.
   *
   * @see asyncio.WriteTransport.abort
   */
  abort(): void {
    this.#output.abort();
  }

  /** Whether the pipe is closed, or about to be. */
  isClosing(): boolean {
    return this.#output.state !== "open";
  }

  /**
   * Wait until the pipe is closed.
   *
   * @throws {CancelledError} If `signal` aborts first; the pipe is unchanged.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {Error} If something that was written could not be sent: `code` is `EPIPE` or
   * `ECONNRESET`.
   */
  waitClosed(options?: WaitOptions): Promise<void> {
    try {
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal, "waiting for the pipe to close");
      if (this.#output.state !== "closed") return this.#output.waitForClose(signal);
      return this.#output.error === undefined ? settled : Promise.reject(this.#output.error);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Information about the pipe, by name: only `"socket"`.
   *
   * @param fallback - Returned for every other name, `undefined` by default.
   */
  getExtraInfo<Name extends string, Fallback = undefined>(
    name: Name,
    fallback?: Fallback,
  ): (Name extends keyof ExtraInfo ? ExtraInfo[Name] : never) | Fallback {
    return (name === "socket" ? this.socket : fallback) as never;
  }

  /**
   * Not supported: it rejects. TLS needs both directions, and a pipe has one.
   *
   * @throws {TypeError} Always; the pipe is unchanged.
   */
  startTls(tls: unknown, options?: unknown): Promise<void>;
  async startTls(): Promise<void> {
    throw invalidArgumentValue("Cannot start TLS: standard input is a pipe");
  }

  /** The stream that this writes to. Its events and data belong to the writer. */
  get socket(): StreamSocket {
    return this.#output.stream;
  }

  /**
   * This end as a Node stream. It finishes when everything is sent and the pipe is closed; destroying
   * it earlier aborts the pipe.
   */
  toWritable(): Writable {
    return writableOf(this);
  }

  /**
   * This end as a web stream. Closing it resolves when everything is sent and the pipe is closed;
   * aborting it aborts the pipe.
   */
  toWeb(): WritableStream<Data> {
    return webWritableOf(this);
  }

  /**
   * Close, and wait until everything is sent, for at most 30 seconds; then abort. A failure to send is
   * not thrown here: {@link StreamWriter.waitClosed} rejects with it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    // A process that never reads must not hold up the end of a block forever.
    const timer = setTimeout(() => this.abort(), disposeTimeout);
    try {
      await this.waitClosed();
    } catch {
      // drain() and waitClosed() reject with it.
    } finally {
      clearTimeout(timer);
    }
  }

  static {
    writerOver = (output) => new StreamWriter(output);
    inspectAs(this, "StreamWriter", (writer) => {
      const { state, unsent, hasEnded } = writer.#output;
      const states = [hasEnded ? "eof" : "", state === "open" ? "" : state].filter(Boolean);
      return `StreamWriter <${[`${unsent} bytes to send`, ...states].join(", ")}>`;
    });
  }
}

// `var`, because the static block above assigns it before this line runs: `let` would throw.

/** The writer of a pipe. The constructor is private: its parameter is not in the public types. */
export var writerOver: (output: PipeOutput) => StreamWriter;

function bytesOf(data: ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (!ArrayBuffer.isView(data)) {
    throw invalidArgumentType("data", "a string or a view of bytes", data);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
