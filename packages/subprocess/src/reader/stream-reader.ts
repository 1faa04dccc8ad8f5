// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import type { WaitOptions } from "@aio/errors";
import type { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { ByteReader } from "./byte-reader.ts";
import type { ReaderOrigin } from "./adapters.ts";
import type { Separator } from "./separators.ts";

/**
 * The reading end of a stream of bytes.
 *
 * Bytes arrive by themselves and wait here until they are taken; when more than twice the limit
 * waits, the peer is held back. One call waits at a time: a second one that would have to wait too
 * rejects with a RuntimeError. A call that is aborted takes nothing, the next one finds every byte.
 * Once the connection has failed, every waiting call rejects with that error, and what came before
 * it can still be had from the calls that do not wait (`readNowait` and the like).
 *
 * Results are views of what was received, without a copy. They never overlap, but a small one keeps
 * the chunk that it came in (up to 64 KiB) alive: copy it to keep it for long.
 *
 * @example Read a line, and then as many bytes as it says
 * ```ts
 * import { StreamReader } from "@aio/streams";
 *
 * const reader = StreamReader.from(["5\nhel", "lo and more"]);
 * const size = Number(await reader.readline());
 * console.log(String(await reader.readexactly(size))); // hello
 * ```
 *
 * @see asyncio.StreamReader
 */
export interface StreamReader extends AsyncIterable<Buffer> {
  /**
   * Read up to `size` bytes: whatever is there, but at least one. With a negative size, read to the
   * end of the input.
   *
   * @param size - In bytes. Not bounded by the reader's limit.
   * @returns Nothing but at the end of the input (or for size 0) is an empty buffer.
   * @throws {CancelledError} If signal aborts first; every byte is still there to be read.
   * @throws {RuntimeError} If it has to wait and another call does already.
   */
  read(size?: number, options?: WaitOptions): Promise<Buffer>;

  /**
   * Read exactly `size` bytes.
   *
   * @param size - In bytes. Not bounded by the reader's limit.
   * @throws {IncompleteReadError} If the input ends before; its `partial` is what there was.
   * @throws {CancelledError} If signal aborts first; every byte is still there to be read.
   * @throws {RuntimeError} If it has to wait and another call does already.
   */
  readexactly(size: number, options?: WaitOptions): Promise<Buffer>;

  /**
   * Read until a separator, and the separator with it.
   *
   * Of several separators, the one that ends first counts.
   *
   * @param separator - Bytes, text (which stands for its UTF-8 bytes), or several of these. A
   * newline by default.
   * @throws {LimitOverrunError} If there are more than limit bytes before the separator; nothing is
   * taken, and `consumed` bytes of it can be without cutting a separator in two.
   * @throws {IncompleteReadError} If the input ends before; its `partial` is what there was.
   * @throws {CancelledError} If signal aborts first; every byte is still there to be read.
   * @throws {RuntimeError} If it has to wait and another call does already.
   */
  readuntil(separator?: Separator | readonly Separator[], options?: WaitOptions): Promise<Buffer>;

  /**
   * Read a line, with its newline.
   *
   * @returns The last line of the input may lack its newline; after it, an empty buffer.
   * @throws {LimitOverrunError} If the line is longer than the limit. It is dropped, as far as it
   * has come: what comes of it later is read as a line of its own.
   * @throws {CancelledError} If signal aborts first; every byte is still there to be read.
   * @throws {RuntimeError} If it has to wait and another call does already.
   * @remarks Unlike asyncio, which raises a ValueError for a line that is too long.
   */
  readline(options?: WaitOptions): Promise<Buffer>;

  /**
   * The lines as text, without their `\n` or `\r\n`.
   *
   * They are cut out of the text of the chunk that they came in, and one keeps that alive.
   *
   * Leaving the loop closes nothing: reading goes on where it stopped.
   *
   * @throws {CancelledError} If signal aborts first; every byte is still there to be read.
   *
   * @example Count words
   * ```ts
   * import { StreamReader } from "@aio/streams";
   *
   * let words = 0;
   * for await (const line of StreamReader.from("to be\r\nor not to be\r\n").lines()) {
   *   words += line.split(" ").length;
   * }
   * console.log(words); // 6
   * ```
   */
  lines(options?: LinesOptions): AsyncIterableIterator<string>;

  /**
   * The lines as bytes, with their newlines. Leaving the loop closes nothing: reading goes on where
   * it stopped.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer>;

  /**
   * Read into memory of your own: as many bytes as are there and fit, but at least one.
   *
   * @returns How many bytes were read; 0 at the end of the input.
   * @throws {CancelledError} If signal aborts first; the target is as it was.
   * @throws {RuntimeError} If it has to wait and another call does already.
   */
  readinto(target: NodeJS.ArrayBufferView, options?: WaitOptions): Promise<number>;

  /**
   * What {@link StreamReader.read} would give, or `null` if it would have to wait.
   *
   * @throws {Error} The stored error, once nothing is left before it.
   */
  readNowait(size?: number): Buffer | null;

  /**
   * What {@link StreamReader.readexactly} would give, or `null` if it would have to wait.
   *
   * @throws {IncompleteReadError} If the input has ended before.
   */
  readexactlyNowait(size: number): Buffer | null;

  /**
   * What {@link StreamReader.readuntil} would give, or `null` if it would have to wait.
   *
   * @throws {LimitOverrunError} If there are more than limit bytes before the separator.
   * @throws {IncompleteReadError} If the input has ended before.
   */
  readuntilNowait(separator?: Separator | readonly Separator[]): Buffer | null;

  /**
   * What {@link StreamReader.readline} would give, or `null` if it would have to wait. A loop over
   * it is the fastest way to take apart what has come.
   *
   * @throws {LimitOverrunError} If the line is longer than the limit.
   *
   * @example Wait once for many lines
   * ```ts
   * import { StreamReader } from "@aio/streams";
   *
   * const reader = StreamReader.from("one\ntwo\n");
   * for (;;) {
   *   const line = reader.readlineNowait() ?? (await reader.readline());
   *   if (line.length === 0) break;
   * }
   * console.log(reader.atEof()); // true
   * ```
   */
  readlineNowait(): Buffer | null;

  /** How many bytes have come and not been taken. */
  readonly bufferedLength: number;

  /** Whether the input has ended and every byte of it been taken. */
  atEof(): boolean;

  /** The error that the connection was lost with, or `null`. */
  exception(): Error | null;

  /** The same bytes as a Node stream. Destroying it leaves this reader and its connection alone. */
  toReadable(): Readable;

  /** The same bytes as a web stream. Cancelling it leaves this reader and its connection alone. */
  toWeb(): ReadableStream<Uint8Array>;

  /**
   * Append bytes, as the source of this reader.
   *
   * @param data - Kept, not copied: it must not be changed any more. Text is taken as UTF-8.
   * @throws {Error} After {@link StreamReader.feedEof}.
   */
  feedData(data: string | NodeJS.ArrayBufferView): void;

  /** End the input, as the source of this reader. Ending it twice does nothing more. */
  feedEof(): void;

  /**
   * Store an error, as the source of this reader: the call that waits rejects with it, and so does
   * every later one.
   */
  setException(error: Error): void;
}

/** Where a reader's bytes come from, if it can be held back. */
export interface ByteSource {
  /** Feed no more, as soon as possible: the reader holds more than twice its limit. */
  pause(): void;
  /** Feed again. */
  resume(): void;
}

/** Options of `new StreamReader()`. */
export interface StreamReaderOptions {
  /**
   * The longest line, in bytes without its newline, and half of what waits before the source is
   * paused.
   *
   * @defaultValue 65536
   */
  readonly limit?: number | undefined;
  /**
   * Paused and resumed, so that no more waits than the limit allows.
   *
   * @defaultValue undefined: nothing bounds what is fed
   */
  readonly source?: ByteSource | undefined;
}

/** Options of {@link StreamReader.lines}. */
export interface LinesOptions extends WaitOptions {
  /**
   * What the bytes mean.
   *
   * @defaultValue "utf8"
   */
  readonly encoding?: "utf8" | "latin1" | undefined;
}

/** Makes readers that are not those of a connection. */
export interface StreamReaderConstructor {
  /**
   * A reader to be fed by hand, with {@link StreamReader.feedData} and {@link StreamReader.feedEof}.
   *
   * @throws {RangeError} If the limit is not a positive integer.
   */
  new (options?: StreamReaderOptions): StreamReader;
  readonly prototype: StreamReader;
  /**
   * A reader of whatever gives bytes or text: a Node stream, a web stream, an iterable of chunks, or
   * one chunk. It is read at once, as far as the limit allows.
   */
  from(origin: ReaderOrigin, options?: { readonly limit?: number | undefined }): StreamReader;
}

export const StreamReader: StreamReaderConstructor = ByteReader;
