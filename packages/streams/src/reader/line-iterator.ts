// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import { type WaitOptions, invalidArgumentType, signalOf } from "@aio/errors";
import type { ReaderInput } from "./input.ts";
import type { LinesOptions, StreamReader } from "./stream-reader.ts";
import { TextLines } from "./text-lines.ts";

// Made by hand and not async generators: 42 ns a line that is there, against 116. Without a
// return(), so that leaving a loop closes nothing: the next loop goes on where this one stopped.

/** The lines of a reader as bytes, each with its newline. */
export class LineIterator implements AsyncIterableIterator<Buffer> {
  readonly #reader: StreamReader;
  readonly #input: ReaderInput;

  constructor(reader: StreamReader, input: ReaderInput) {
    this.#reader = reader;
    this.#input = input;
  }

  next(): Promise<IteratorResult<Buffer>> {
    const line = this.#input.takeLineAtOnce();
    if (line !== undefined) return Promise.resolve({ value: line, done: false });
    return this.#reader.readline().then(result);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The lines of a reader as text, without their newlines. */
export class TextLineIterator implements AsyncIterableIterator<string> {
  readonly #reader: StreamReader;
  readonly #input: ReaderInput;
  readonly #options: WaitOptions;
  readonly #lines: TextLines;

  constructor(reader: StreamReader, input: ReaderInput, options: LinesOptions = {}) {
    const { encoding = "utf8" } = options;
    if (encoding !== "utf8" && encoding !== "latin1") {
      throw invalidArgumentType("encoding", '"utf8" or "latin1"', encoding);
    }
    this.#options = { signal: signalOf({ signal: options.signal }) };
    this.#reader = reader;
    this.#input = input;
    this.#lines = new TextLines(encoding);
  }

  next(): Promise<IteratorResult<string>> {
    const isAborted = this.#options.signal?.aborted;
    const line = isAborted ? undefined : this.#input.takeTextAtOnce(this.#lines);
    if (line !== undefined) return Promise.resolve({ value: line, done: false });
    return this.#reader.readline(this.#options).then((bytes) => this.#result(bytes));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #result(line: Buffer): IteratorResult<string> {
    if (line.length === 0) return { value: undefined, done: true };
    return { value: this.#lines.decode(line), done: false };
  }
}

function result(line: Buffer): IteratorResult<Buffer> {
  return line.length === 0 ? { value: undefined, done: true } : { value: line, done: false };
}
