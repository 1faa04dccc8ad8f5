// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import { type WaitOptions, cancellationError, invalidArgumentType, signalOf } from "@aio/errors";
import type { LinesOptions, StreamReader } from "./stream-reader.ts";

// Made by hand and not async generators: 42 ns a line that is there, against 116. Without a
// return(), so that leaving a loop closes nothing: the next loop goes on where this one stopped.
const lf = 10;
const cr = 13;

/** The lines of a reader as bytes, each with its newline. */
export class LineIterator implements AsyncIterableIterator<Buffer> {
  readonly #reader: StreamReader;

  constructor(reader: StreamReader) {
    this.#reader = reader;
  }

  next(): Promise<IteratorResult<Buffer>> {
    try {
      const line = lineAtOnce(this.#reader, undefined);
      if (line !== null) return Promise.resolve(result(line));
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#reader.readline().then(result);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The lines of a reader as text, without their newlines. */
export class TextLineIterator implements AsyncIterableIterator<string> {
  readonly #reader: StreamReader;
  readonly #options: WaitOptions;
  readonly #encoding: "utf8" | "latin1";

  constructor(reader: StreamReader, options: LinesOptions = {}) {
    const { encoding = "utf8" } = options;
    if (encoding !== "utf8" && encoding !== "latin1") {
      throw invalidArgumentType("encoding", '"utf8" or "latin1"', encoding);
    }
    this.#options = { signal: signalOf(options) };
    this.#reader = reader;
    this.#encoding = encoding;
  }

  next(): Promise<IteratorResult<string>> {
    try {
      const line = lineAtOnce(this.#reader, this.#options.signal);
      if (line !== null) return Promise.resolve(this.#text(line));
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#reader.readline(this.#options).then((line) => this.#text(line));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #text(line: Buffer): IteratorResult<string> {
    let end = line.length;
    if (end === 0) return { value: undefined, done: true };
    if (line[end - 1] === lf) {
      end--;
      if (line[end - 1] === cr) end--;
    }
    return { value: line.toString(this.#encoding, 0, end), done: false };
  }
}

// As readline() would answer, without a promise where none is needed.
function lineAtOnce(reader: StreamReader, signal: WaitOptions["signal"]): Buffer | null {
  if (signal?.aborted) throw cancellationError(signal);
  const error = reader.exception();
  if (error !== null) throw error;
  return reader.readlineNowait();
}

function result(line: Buffer): IteratorResult<Buffer> {
  return line.length === 0 ? { value: undefined, done: true } : { value: line, done: false };
}
