// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import { invalidArgumentType } from "@aio/errors";
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import type { ByteSource, StreamReader } from "./stream-reader.ts";

type Chunk = string | NodeJS.ArrayBufferView;

/** What a reader can be made from. */
export type ReaderOrigin = Readable | WebStream | AsyncIterable<Chunk> | Iterable<Chunk> | Chunk;

const pieceSize = 65_536;

/** A reader that `make` makes for a source, fed from `origin`. */
export function feedFrom(
  origin: ReaderOrigin,
  make: (source: ByteSource) => StreamReader,
): StreamReader {
  if (isNodeStream(origin)) return feedFromNode(origin, make);
  const pump = new Pump(chunksOf(origin));
  const reader = make(pump);
  pump.start(reader);
  return reader;
}

function feedFromNode(stream: Readable, make: (source: ByteSource) => StreamReader): StreamReader {
  const reader = make(stream);
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
  let isOver = stream.readableEnded;
  if (isOver) reader.feedEof();
  stream.on("end", () => {
    isOver = true;
    reader.feedEof();
  });
  const onClose = (): void => {
    if (isOver || reader.exception() !== null) return;
    const code = "ERR_STREAM_PREMATURE_CLOSE";
    fail(
      Object.assign(new Error("Cannot read on: the stream was closed before its end"), { code }),
    );
  };
  if (stream.closed) onClose();
  else stream.on("close", onClose);
  return reader;
}

interface ChunkIterator {
  next(): PromiseLike<IteratorResult<Chunk>> | IteratorResult<Chunk>;
  return?(): unknown;
}

// Asks for one chunk after the other, and for none while it is paused.
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
      // The reader has its error, and no place for a second one.
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

/** A Node stream that reads from `reader`, and gives up its pending read when it is destroyed. */
export function readableOf(reader: StreamReader): Readable {
  const gaveUp = new AbortController();
  return new Readable({
    read() {
      reader.read(pieceSize, gaveUp).then(
        (bytes) => this.push(bytes.length === 0 ? null : bytes),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      gaveUp.abort();
      callback(error);
    },
  });
}

/** A web stream that reads from `reader`, and gives up its pending read when it is cancelled. */
export function webStreamOf(reader: StreamReader): WebStream<Uint8Array> {
  const gaveUp = new AbortController();
  return new ReadableStream({
    // Bytes are copied into memory of the stream's own: it transfers what it hands out, and a chunk
    // of the reader is shared by all the results that lie in it.
    type: "bytes",
    autoAllocateChunkSize: pieceSize,
    async pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view;
      if (!request || !view) return;
      const size = await reader.readinto(view as Uint8Array, gaveUp);
      if (size === 0) controller.close();
      request.respond(size);
    },
    cancel: () => gaveUp.abort(),
  });
}
