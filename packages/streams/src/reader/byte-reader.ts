// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import {
  RuntimeError,
  type WaitOptions,
  cancellationError,
  invalidArgumentType,
  signalOf,
} from "@aio/errors";
import { LineIterator, TextLineIterator } from "./line-iterator.ts";
import { PendingRead } from "./pending-read.ts";
import { type ReaderOrigin, feedFrom, readableOf, webStreamOf } from "./adapters.ts";
import { bytesOf, checkInteger, checkLimit, checkSize } from "./arguments.ts";
import { ReaderInput, defaultLimit } from "./input.ts";
import { type Separator, separatorsOf } from "./separators.ts";
import type { LinesOptions, StreamReader, StreamReaderOptions } from "./stream-reader.ts";

// No byte lost, no byte twice, memory bounded. Why that holds:
//
// Every byte goes one way: feedData() appends it to the input, and one taking moves it out, in the
// same synchronous step that answers a call with it. A call that can be answered is answered at once.
// One that cannot leaves the input alone and stores what it wants here, at most one at a time. From
// then on it is settled in exactly one place, whichever comes first: a feed that makes it answerable
// (which takes the bytes and resolves the promise in one step), the end, an error, or the abort.
// Since nothing is taken before, an abort has nothing to give back, and since settling forgets the
// request, nothing is taken for a call that was given up.
//
// The source is paused when more than twice the limit waits, and resumed when a taking leaves the
// limit or less. While a call waits it is not paused, however much has come: what came is not enough
// for that call, so pausing would wait for ever. The input therefore holds at most twice the limit,
// or what one call asked for, and one chunk more. No byte is searched twice for one call: what was
// scanned in vain is remembered, and takings by others move the mark along.
export class ByteReader implements StreamReader {
  readonly #input: ReaderInput;
  #pending: PendingRead | undefined = undefined;

  constructor(options: StreamReaderOptions = {}) {
    const { limit = defaultLimit, source } = options;
    checkLimit(limit);
    this.#input = new ReaderInput(limit, source);
  }

  static from(
    origin: ReaderOrigin,
    options?: { readonly limit?: number | undefined },
  ): StreamReader {
    return feedFrom(origin, (source) => new ByteReader({ ...options, source }));
  }

  get bufferedLength(): number {
    return this.#input.length;
  }

  read(size = -1, options?: WaitOptions): Promise<Buffer> {
    try {
      const signal = signalOf(options);
      checkInteger(size);
      this.#refuse(signal);
      const answer = this.#input.take(size);
      return answer === null
        ? this.#wait(new PendingRead("read", size), signal)
        : Promise.resolve(answer);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readexactly(size: number, options?: WaitOptions): Promise<Buffer> {
    if (options === undefined) {
      const answer = this.#input.takeExactlyAtOnce(size);
      if (answer !== undefined) return Promise.resolve(answer);
    }
    return this.#readexactly(size, options);
  }

  #readexactly(size: number, options: WaitOptions | undefined): Promise<Buffer> {
    try {
      const signal = signalOf(options);
      checkSize(size);
      this.#refuse(signal);
      const answer = this.#input.takeExactly(size);
      return answer === null
        ? this.#wait(new PendingRead("readexactly", size), signal)
        : Promise.resolve(answer);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readuntil(
    separator: Separator | readonly Separator[] = "\n",
    options?: WaitOptions,
  ): Promise<Buffer> {
    try {
      const signal = signalOf(options);
      const separators = separatorsOf(separator);
      this.#refuse(signal);
      const answer = this.#input.takeUntil(separators, 0);
      if (answer !== null) return Promise.resolve(answer);
      return this.#wait(new PendingRead("readuntil", separators), signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readline(options?: WaitOptions): Promise<Buffer> {
    if (options === undefined) {
      const answer = this.#input.takeLineAtOnce();
      if (answer !== undefined) return Promise.resolve(answer);
    }
    return this.#readline(options);
  }

  #readline(options: WaitOptions | undefined): Promise<Buffer> {
    try {
      const signal = signalOf(options);
      this.#refuse(signal);
      const answer = this.#input.takeLine(0);
      return answer === null
        ? this.#wait(new PendingRead("readline"), signal)
        : Promise.resolve(answer);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readinto(target: NodeJS.ArrayBufferView, options?: WaitOptions): Promise<number> {
    try {
      const signal = signalOf(options);
      if (!ArrayBuffer.isView(target)) throw invalidArgumentType("target", "a view", target);
      const bytes = bytesOf(target);
      this.#refuse(signal);
      const answer = this.#input.takeInto(bytes);
      if (answer !== null) return Promise.resolve(answer);
      return this.#wait(new PendingRead("readinto", bytes), signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readNowait(size = -1): Buffer | null {
    checkInteger(size);
    return this.#input.take(size);
  }

  readexactlyNowait(size: number): Buffer | null {
    const answer = this.#input.takeExactlyAtOnce(size);
    if (answer !== undefined) return answer;
    checkSize(size);
    return this.#input.takeExactly(size);
  }

  readuntilNowait(separator: Separator | readonly Separator[] = "\n"): Buffer | null {
    return this.#input.takeUntil(separatorsOf(separator), 0);
  }

  readlineNowait(): Buffer | null {
    return this.#input.takeLineAtOnce() ?? this.#input.takeLine(0);
  }

  lines(options?: LinesOptions): AsyncIterableIterator<string> {
    return new TextLineIterator(this, this.#input, options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer> {
    return new LineIterator(this, this.#input);
  }

  toReadable(): ReturnType<StreamReader["toReadable"]> {
    return readableOf(this);
  }

  toWeb(): ReturnType<StreamReader["toWeb"]> {
    return webStreamOf(this);
  }

  atEof(): boolean {
    return this.#input.isEnded && this.#input.length === 0;
  }

  exception(): Error | null {
    return this.#input.exception;
  }

  feedData(data: string | NodeJS.ArrayBufferView): void {
    if (this.#input.isEnded) throw new Error("Cannot feed data: the end of the input was fed");
    const chunk = bytesOf(data);
    if (chunk.length === 0) return;
    const pending = this.#pending;
    // A read() that waits has found nothing, so that the chunk need not go through the buffer.
    if (pending?.wantsAll(chunk.length)) {
      this.#pending = undefined;
      pending.resolve(chunk);
      return;
    }
    this.#input.append(chunk);
    if (pending !== undefined) this.#answer(pending);
    if (this.#pending === undefined) this.#input.pauseIfFull();
  }

  feedEof(): void {
    this.#input.isEnded = true;
    if (this.#pending !== undefined) this.#answer(this.#pending);
  }

  setException(error: Error): void {
    this.#input.exception = error;
    const pending = this.#pending;
    this.#forget();
    pending?.reject(error);
  }

  // An aborted signal wins even where nothing would have to be waited for, as in every web API.
  #refuse(signal: AbortSignal | undefined): void {
    if (signal?.aborted) throw cancellationError(signal);
    if (this.#input.exception !== null) throw this.#input.exception;
  }

  #wait(pending: PendingRead, signal: AbortSignal | undefined): Promise<never> {
    if (this.#pending !== undefined) {
      const state = `${this.#pending.call}() already waits for incoming data`;
      throw new RuntimeError(`Cannot wait in ${pending.call}(): ${state}`);
    }
    if (signal !== undefined) {
      pending.giveUpOn(signal, () => {
        this.#forget();
        this.#input.pauseIfFull();
      });
    }
    const promise = pending.begin();
    this.#pending = pending;
    this.#input.markScanned(pending.longest);
    // Last, because a source may feed while it is resumed.
    this.#input.resume();
    return promise;
  }

  // Settle the call that waits, if what is there now is enough for it.
  #answer(pending: PendingRead): void {
    let answer: Buffer | number | null;
    try {
      answer = pending.take(this.#input);
    } catch (error) {
      this.#forget();
      pending.reject(error);
      return;
    }
    if (answer === null) {
      this.#input.markScanned(pending.longest);
      return;
    }
    this.#forget();
    pending.resolve(answer);
  }

  #forget(): void {
    this.#pending = undefined;
    this.#input.forgetScanned();
  }

  static {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Reflect.defineProperty(this.prototype, inspect, {
      value(this: ByteReader): string {
        return `StreamReader <${this.#input.describe(this.#pending?.call)}>`;
      },
    });
    Reflect.defineProperty(this, "name", { value: "StreamReader" });
  }
}
