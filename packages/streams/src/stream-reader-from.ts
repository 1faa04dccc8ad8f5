import type { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { invalidArgumentType } from "@aio/errors";
import type { ByteSource } from "./reader/input.ts";
import { StreamReader as Reader, type StreamReaderOptions } from "./reader/stream-reader.ts";

// The reader itself is reader/stream-reader.ts, which @aio/subprocess has a copy of. Only a program that
// uses @aio/streams makes readers from other sources, so that part is here.

/** A piece of a source: bytes, or text, which is encoded as UTF-8. */
export type Chunk = string | NodeJS.ArrayBufferView;

/** What a reader can be made from. */
export type ReaderOrigin = Readable | WebStream | AsyncIterable<Chunk> | Iterable<Chunk> | Chunk;

/** Options of {@link StreamReader.from}. */
export type OriginOptions = Pick<StreamReaderOptions, "limit">;

/**
 * The reading end of a stream of bytes: a connection, or a source given to
 * {@link StreamReader.from}.
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
 * import { StreamReader } from "@aio/streams";
 *
 * const reader = StreamReader.from(["5\nhel", "lo and more"]);
 * const size = Number(await reader.readline());
 * console.log(String(await reader.readexactly(size))); // hello
 * ```
 *
 * @see asyncio.StreamReader
 */
export class StreamReader extends Reader {
  /**
   * Read from a Node stream, a web stream, an iterable of chunks, or one chunk. The reader begins to
   * read from the source at once, up to its limit. It uses only the readable side of a Duplex.
   *
   * @throws {TypeError} If `origin` is none of these.
   */
  static from(origin: ReaderOrigin, options?: OriginOptions): StreamReader {
    if (isNodeStream(origin)) return fromNodeStream(origin, options);
    const pump = new Pump(chunksOf(origin));
    const reader = new StreamReader({ ...options, source: pump });
    pump.start(reader);
    return reader;
  }
}

function fromNodeStream(stream: Readable, options: OriginOptions | undefined): StreamReader {
  const reader = new StreamReader({ ...options, source: stream });
  const fail = (error: Error): void => reader.setException(error);
  if (stream.errored) fail(stream.errored);
  stream.on("error", fail);
  stream.on("data", (chunk: Chunk) => {
    try {
      reader.feedData(chunk);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  let hasEnded = stream.readableEnded;
  if (hasEnded) reader.feedEof();
  stream.on("end", () => {
    hasEnded = true;
    reader.feedEof();
  });
  const onClose = (): void => {
    if (hasEnded || reader.exception() !== null) return;
    const error = new Error("Cannot read further: the stream was closed before its end");
    fail(Object.assign(error, { code: "ERR_STREAM_PREMATURE_CLOSE" }));
  };
  if (stream.closed) onClose();
  else stream.on("close", onClose);
  // A 'data' listener does not start a stream that pause() or unpipe() has stopped.
  stream.resume();
  return reader;
}

interface ChunkIterator {
  next(): PromiseLike<IteratorResult<Chunk>> | IteratorResult<Chunk>;
  return?(): unknown;
}

// Pulls one chunk at a time from its source, and none while it is paused.
class Pump implements ByteSource {
  readonly #chunks: ChunkIterator;
  #reader: StreamReader | undefined = undefined;
  #isPaused = false;
  #isRunning = false;

  constructor(chunks: ChunkIterator) {
    this.#chunks = chunks;
  }

  start(reader: StreamReader): void {
    this.#reader = reader;
    void this.#run(reader);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isRunning && this.#reader !== undefined) void this.#run(this.#reader);
  }

  async #run(reader: StreamReader): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#isPaused) {
        const { done, value } = await this.#chunks.next();
        if (done === true) {
          this.#reader = undefined;
          reader.feedEof();
          return;
        }
        reader.feedData(value);
      }
    } catch (error) {
      this.#reader = undefined;
      reader.setException(error as Error);
      await this.#close();
    } finally {
      this.#isRunning = false;
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#chunks.return?.();
    } catch {
      // The reader already has the error.
    }
  }
}

function chunksOf(origin: Exclude<ReaderOrigin, Readable>): ChunkIterator {
  if (typeof origin === "string" || ArrayBuffer.isView(origin)) return [origin].values();
  if (typeof origin === "object" && origin !== null) {
    if ("getReader" in origin) {
      const reader = origin.getReader();
      return { next: () => reader.read(), return: () => reader.cancel() };
    }
    if (Symbol.asyncIterator in origin) return origin[Symbol.asyncIterator]();
    if (Symbol.iterator in origin) return origin[Symbol.iterator]();
  }
  throw invalidArgumentType("origin", "a stream, an iterable of chunks, or a chunk", origin);
}

function isNodeStream(origin: ReaderOrigin): origin is Readable {
  return (
    typeof origin === "object" &&
    origin !== null &&
    "pause" in origin &&
    "readableFlowing" in origin
  );
}
