import type { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import {
  Pending,
  RuntimeError,
  type WaitOptions,
  cancellationError,
  checkedInteger,
  checkedOptions,
  invalidArgumentType,
  optionNames,
  signalOf,
} from "@aio/errors";
import { readableOf, webReadableOf } from "./adapters.ts";
import { type ByteSource, ReaderInput, defaultLimit } from "./input.ts";
import { type LinesOptions, TextLines, iterateLines } from "./lines.ts";
import { type Separator, type Separators, separatorsOf } from "./separators.ts";

/** Options of `new StreamReader()`. */
export interface StreamReaderOptions {
  /**
   * The longest line, in bytes without its newline. Above twice as many, the source is paused.
   *
   * @defaultValue 65536
   */
  readonly limit?: number | undefined;
  /**
   * Paused and resumed to keep the buffer within its bounds.
   *
   * @defaultValue undefined: the buffer is unbounded
   */
  readonly source?: ByteSource | undefined;
}

// Why no byte is lost or returned twice, and memory is bounded: feedData() appends each byte to the
// input. A byte is taken out in the same synchronous step that answers a call with it. A call that
// cannot be answered yet takes nothing, and becomes the waiter; there is at most one. The first of
// these settles it: enough input, end of input, an error, or an abort. It has taken nothing before,
// so an abort has nothing to put back; and a settled waiter is forgotten, so nothing more is taken.
//
// The source is paused when more than twice the limit is buffered, and resumed when a call drains
// the buffer to the limit. It is never paused while a call waits: the call needs more than is
// buffered, so pausing would deadlock. With a source, the buffer therefore holds at most twice the
// limit, or what one call asked for, plus one chunk. No byte is searched twice for one call: `scanned`
// marks how far the search went, and moves when other calls take bytes.

const readerOptions = optionNames(["limit", "source"]);
const linesOptions = optionNames(["encoding", "signal"]);

/**
 * The reading end of a stream of bytes.
 *
 * Bytes arrive on their own and are buffered until they are taken; when more than twice the limit is
 * buffered, backpressure stops the peer. One call can wait at a time: another that has to wait rejects
 * with a RuntimeError. An aborted call rejects with a CancelledError, or with a TimeoutError if its
 * signal timed out, and takes nothing. Once the connection has failed, every waiting call rejects with
 * that error; the calls that do not wait (`readNowait` and the like) still take what arrived before.
 *
 * Results are views of what was received, not copies. They never overlap, but a small one keeps the
 * chunk that it arrived in (up to 64 KiB) alive: copy it to keep it for long.
 *
 * @example Read a line, and then as many bytes as it says
 * ```ts
 * import { PIPE, createSubprocessExec } from "@aio/subprocess";
 *
 * const { stdout } = await createSubprocessExec("printf", ["5\\nhello, world"], { stdout: PIPE });
 * const size = Number(await stdout.readline());
 * console.log(String(await stdout.readexactly(size))); // hello
 * ```
 *
 * @see asyncio.StreamReader
 */
export class StreamReader implements AsyncIterable<Buffer> {
  readonly #input: ReaderInput;
  #waiter: Waiter | undefined = undefined;

  /**
   * Make a reader that the caller feeds, with {@link StreamReader.feedData}.
   *
   * @throws {RangeError} If the limit is not an integer of at least 1.
   */
  constructor(options: StreamReaderOptions = {}) {
    const { limit = defaultLimit, source } = checkedOptions(options, readerOptions);
    this.#input = new ReaderInput(checkedInteger("limit", limit, 1), source);
  }

  /**
   * Read up to `size` bytes: whatever has arrived, but at least one. With a negative size, read to
   * the end of the input.
   *
   * @param size - In bytes. Not bounded by the reader's limit.
   * @returns An empty buffer only at the end of the input, or if `size` is 0.
   * @throws {CancelledError} If `signal` aborts first; every byte can still be read.
   * @throws {RuntimeError} If it has to wait while another call waits.
   */
  read(size: number = -1, options?: WaitOptions): Promise<Buffer> {
    return this.#answer(readSome, options, size);
  }

  /**
   * Read exactly `size` bytes.
   *
   * @param size - In bytes. Not bounded by the reader's limit.
   * @throws {IncompleteReadError} If the input ends first; its `partial` has what arrived.
   * @throws {CancelledError} If `signal` aborts first; every byte can still be read.
   * @throws {RuntimeError} If it has to wait while another call waits.
   */
  readexactly(size: number, options?: WaitOptions): Promise<Buffer> {
    const answer = options === undefined ? this.#input.takeExactlyAtOnce(size) : undefined;
    if (answer !== undefined) return Promise.resolve(answer);
    return this.#answer(readExactly, options, size);
  }

  /**
   * Read through a separator.
   *
   * Of several separators, the one that ends first is used.
   *
   * @param separator - Bytes, text (encoded as UTF-8), or an array of these. A newline by default.
   * @throws {LimitOverrunError} If more than `limit` bytes precede the separator; nothing is taken,
   * and `consumed` bytes can be taken without splitting a separator.
   * @throws {IncompleteReadError} If the input ends first; its `partial` has what arrived.
   * @throws {CancelledError} If `signal` aborts first; every byte can still be read.
   * @throws {RuntimeError} If it has to wait while another call waits.
   */
  readuntil(
    separator: Separator | readonly Separator[] = "\n",
    options?: WaitOptions,
  ): Promise<Buffer> {
    return this.#answer(readUntil, options, separator);
  }

  /**
   * Read a line, with its newline.
   *
   * @returns The last line of the input may lack its newline; after it, an empty buffer.
   * @throws {LimitOverrunError} If the line is longer than the limit. What has arrived of it is
   * dropped; the rest is read as another line.
   * @throws {CancelledError} If `signal` aborts first; every byte can still be read.
   * @throws {RuntimeError} If it has to wait while another call waits.
   * @remarks Unlike asyncio, which raises a ValueError for a line that is too long.
   */
  readline(options?: WaitOptions): Promise<Buffer> {
    const answer = options === undefined ? this.#input.takeLineAtOnce() : undefined;
    if (answer !== undefined) return Promise.resolve(answer);
    return this.#answer(readLine, options);
  }

  /**
   * The lines as text, without their `\n` or `\r\n`.
   *
   * Lines are slices of up to 64 KiB of decoded text, and each keeps that text alive.
   * Leaving the loop closes nothing: reading continues where it stopped.
   *
   * @throws {CancelledError} If `signal` aborts first; every byte can still be read.
   */
  lines(options?: LinesOptions): AsyncIterableIterator<string> {
    const signal = signalOf(options, linesOptions);
    const text = new TextLines(options?.encoding);
    return iterateLines(
      () => (signal?.aborted ? undefined : this.#input.takeTextAtOnce(text)),
      () => this.#answer(readLine, { signal }),
      (line) => text.decode(line),
    );
  }

  /**
   * The lines as bytes, with their newlines. Leaving the loop closes nothing: reading continues
   * where it stopped.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer> {
    const text = new TextLines("latin1");
    return iterateLines(
      () => this.#input.takeLineAtOnce(text),
      () => this.#answer(readLine),
      (line) => line,
    );
  }

  /**
   * Read into the caller's memory: as many bytes as have arrived and fit, but at least one.
   *
   * @returns How many bytes were read; 0 at the end of the input.
   * @throws {CancelledError} If `signal` aborts first; the target is unchanged.
   * @throws {RuntimeError} If it has to wait while another call waits.
   */
  readinto(target: NodeJS.ArrayBufferView, options?: WaitOptions): Promise<number> {
    return this.#answer(readInto, options, target);
  }

  /**
   * What {@link StreamReader.read} would resolve to, or `null` if it would have to wait.
   *
   * @throws {Error} The stored error, once everything before it is taken.
   */
  readNowait(size: number = -1): Buffer | null {
    return this.#input.take(readSome.check(size));
  }

  /**
   * What {@link StreamReader.readexactly} would resolve to, or `null` if it would have to wait.
   *
   * @throws {IncompleteReadError} If the input has ended first.
   * @throws {Error} The stored error, if what was asked for had not arrived.
   */
  readexactlyNowait(size: number): Buffer | null {
    const answer = this.#input.takeExactlyAtOnce(size);
    if (answer !== undefined) return answer;
    return this.#input.takeExactly(readExactly.check(size));
  }

  /**
   * What {@link StreamReader.readuntil} would resolve to, or `null` if it would have to wait.
   *
   * @throws {LimitOverrunError} If more than `limit` bytes precede the separator.
   * @throws {IncompleteReadError} If the input has ended first.
   * @throws {Error} The stored error, if no separator had arrived.
   */
  readuntilNowait(separator: Separator | readonly Separator[] = "\n"): Buffer | null {
    return this.#input.takeUntil(separatorsOf(separator), 0);
  }

  /**
   * What {@link StreamReader.readline} would resolve to, or `null` if it would have to wait. A loop
   * over it is the fastest way to split what has arrived.
   *
   * @throws {LimitOverrunError} If the line is longer than the limit.
   * @throws {Error} The stored error, if no whole line had arrived.
   */
  readlineNowait(): Buffer | null {
    return this.#input.takeLineAtOnce() ?? this.#input.takeLine(0);
  }

  /** How many bytes have arrived and have not been taken. */
  get bufferedLength(): number {
    return this.#input.length;
  }

  /** Whether the input has ended and every byte of it was taken. */
  atEof(): boolean {
    return this.#input.isEnded && this.#input.length === 0;
  }

  /** The error that ended the connection, or `null`. */
  exception(): Error | null {
    return this.#input.exception;
  }

  /**
   * The same bytes as a Node stream. Destroying it leaves this reader open; bytes that it has taken
   * and not passed on go back to the reader, unless it decodes them (`setEncoding()`).
   */
  toReadable(): Readable {
    return readableOf(this, (bytes) => this.#unread(bytes));
  }

  /** The same bytes as a web stream. Canceling it leaves this reader open. */
  toWeb(): ReadableStream<Uint8Array> {
    return webReadableOf(this, (bytes) => this.#unread(bytes));
  }

  /**
   * Append bytes. For the source of this reader.
   *
   * @param data - Kept, not copied: it must not change afterwards. Text is encoded as UTF-8.
   * @throws {Error} After {@link StreamReader.feedEof}.
   */
  feedData(data: string | NodeJS.ArrayBufferView): void {
    if (this.#input.isEnded) throw new Error("Cannot feed data: feedEof() was called");
    const chunk =
      typeof data === "string" ? Buffer.from(data) : bufferOf(data, "data", "a string or a view");
    if (chunk.length === 0) return;
    this.#input.append(chunk);
    this.#settle();
  }

  /** End the input. For the source of this reader. Calling it again has no effect. */
  feedEof(): void {
    this.#input.isEnded = true;
    if (this.#waiter !== undefined) this.#settle();
  }

  /** Store an error: the waiting call and later ones reject with it. For this reader's source. */
  setException(error: Error): void {
    this.#input.exception = error;
    this.#waiter?.reject(error);
    this.#forget();
  }

  // The order in every waiting call: invalid arguments; then an aborted signal, even before an
  // available answer, as in web APIs; then a stored error; then the answer, if it has arrived;
  // otherwise the call waits. All of these errors reject: a method that waits never throws.
  #answer<Given, Asked, Answer>(
    call: Call<Given, Asked, Answer>,
    options?: WaitOptions,
    given?: Given,
  ): Promise<Answer> {
    try {
      const asked = call.check(given as Given);
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal, call.name);
      if (this.#input.exception !== null) throw this.#input.exception;
      const answer = call.take(this.#input, asked, 0);
      if (answer !== null) return Promise.resolve(answer);
      if (this.#waiter !== undefined) {
        throw new RuntimeError(
          `Cannot wait in ${call.name}: ${this.#waiter.call.name} already waits`,
        );
      }
      const promise = this.#wait<Answer>(call, asked, signal);
      this.#input.markScanned(asked);
      // Last, because a source may feed while it is resumed.
      this.#input.resume();
      return promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  // Most calls have no signal; a Pending would be a third of the memory that an idle wait takes.
  #wait<T>(call: Waiter["call"], asked: unknown, signal?: AbortSignal): Promise<T> {
    if (signal === undefined) {
      return new Promise<T>((resolve, reject) => {
        this.#waiter = { call, asked, resolve, reject };
      });
    }
    const onSettled = (): void => this.#forget();
    const pending = new Pending<T>(signal, { activity: call.name, onSettled });
    const resolve = (answer: T): void => pending.resolve(answer);
    const reject = (error: unknown): void => pending.reject(error);
    if (!pending.settled) this.#waiter = { call, asked, resolve, reject };
    return pending.promise;
  }

  // Answer the waiting call, if there is one and enough has arrived.
  #settle(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return this.#input.pauseIfFull();
    try {
      const { call, asked } = waiter;
      const answer = call.take(this.#input, asked, this.#input.scanned);
      if (answer === null) {
        this.#input.markScanned(asked);
        return;
      }
      waiter.resolve(answer);
    } catch (error) {
      waiter.reject(error);
    }
    this.#forget();
  }

  #forget(): void {
    this.#waiter = undefined;
    this.#input.scanned = 0;
    if (this.#input.exception === null) this.#input.pauseIfFull();
  }

  #unread(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#input.prepend(bytes);
    this.#input.scanned = 0;
    this.#settle();
  }

  static {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    const show = function (this: StreamReader): string {
      if (!(#input in this)) return "StreamReader";
      return `StreamReader <${this.#input.describe(this.#waiter?.call.name)}>`;
    };
    Object.defineProperties(this.prototype, {
      [inspect]: { value: show },
      // Keeps Vue from wrapping readers in reactive proxies, which cannot access `#` fields.
      [Symbol.toStringTag]: { value: "StreamReader" },
    });
  }
}

// What the calls of one name have in common. A call that waits is this and what it asked for: with
// a closure for each, an idle connection takes 100 bytes more, and a wait 40 ns.
interface Call<Given, Asked, Answer> {
  readonly name: string;
  check(given: Given): Asked;
  /** Takes what was asked for, or returns `null` while more must arrive. */
  take(input: ReaderInput, asked: Asked, from: number): Answer | null;
}

const readSome: Call<number, number, Buffer> = {
  name: "read()",
  check: (size) => (Number.isInteger(size) ? size : checkedInteger("size", size, -1)),
  take: (input, size) => input.take(size),
};
const readExactly: Call<number, number, Buffer> = {
  name: "readexactly()",
  check: (size) => checkedInteger("size", size, 0),
  take: (input, size) => input.takeExactly(size),
};
const readUntil: Call<Separator | readonly Separator[], Separators, Buffer> = {
  name: "readuntil()",
  check: separatorsOf,
  take: (input, separators, from) => input.takeUntil(separators, from),
};
const readLine: Call<undefined, undefined, Buffer> = {
  name: "readline()",
  check: (nothing) => nothing,
  take: (input, _, from) => input.takeLine(from),
};
const readInto: Call<NodeJS.ArrayBufferView, Buffer, number> = {
  name: "readinto()",
  check: (target) => bufferOf(target, "target", "a view"),
  take: (input, target) => input.takeInto(target),
};

interface Waiter extends Pick<Pending<unknown>, "resolve" | "reject"> {
  readonly call: Call<unknown, unknown, unknown>;
  readonly asked: unknown;
}

function bufferOf(data: NodeJS.ArrayBufferView, name: string, expected: string): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (!ArrayBuffer.isView(data)) throw invalidArgumentType(name, expected, data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
