import type { Readable } from "node:stream";
import type { ByteSource } from "../reader/input.ts";
import { setImmediate } from "../platform.ts";
import { StreamReader } from "../reader/stream-reader.ts";

// Where the bytes of a pipe go: to its reader, which pauses the pipe when it holds enough. While
// communicate() collects everything, they bypass the reader and go to a sink. Meanwhile a read of our
// own occupies the reader, so that it refuses other reads, and the reader does not see the end before
// the sink is done. If the collecting stops early, everything collected goes back to the reader, ahead
// of the end, as if nothing had happened.
//
// The 'data' listener is there from the first tick. When a child ends, Node pulls what is left in a
// pipe through it, paused or not, and discards it if nothing listens (nodejs/node#7184).

// More than the system holds in a pipe. What writes more after the end is another process.
const mostAfterEnd = 1 << 20;

/** Takes what comes out of a pipe, instead of its reader. */
export interface Sink {
  /** @param isOurs - Whether the sink may overwrite or release the chunk's memory. */
  onData(chunk: Buffer, isOurs: boolean): void;
  onEnd(error: Error | undefined): void;
}

/** A pipe from a child, and the reader of it. */
export class PipeSource implements ByteSource {
  readonly #reader: StreamReader;
  #stream: Readable | undefined = undefined;
  #sink: Sink | undefined = undefined;
  #isPaused = false;
  #isEnded = false;
  #error: Error | undefined = undefined;
  #receivedAfterEnd: number | undefined = undefined;

  /** @param stream - Our end, or a promise of it; if that rejects, the input has ended. */
  constructor(stream: Readable | Promise<Readable>, limit: number) {
    this.#reader = new StreamReader({ limit, source: this });
    if (!(stream instanceof Promise)) this.#attach(stream);
    else
      stream.then(
        (late) => this.#attach(late),
        () => this.#end(undefined),
      );
  }

  #attach(stream: Readable): void {
    this.#stream = stream;
    if (this.#isEnded) {
      stream.destroy();
      return;
    }
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("end", () => this.#end(undefined));
    stream.on("error", (error) => this.#end(error));
    // Closed by us before its end: a read that waits sees the end of the input.
    stream.on("close", () => this.#end(undefined));
    if (this.#isPaused) stream.pause();
    else stream.resume();
  }

  get reader(): StreamReader {
    return this.#reader;
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
    if (this.#receivedAfterEnd !== undefined) this.#endIfEmpty();
  }

  /**
   * The process was cancelled and is gone: end the input once everything that it wrote is read, even
   * if another process holds the pipe.
   */
  endWhenEmpty(): void {
    this.#receivedAfterEnd ??= 0;
    this.#endIfEmpty();
  }

  /** Close our end. */
  destroy(): void {
    this.#stream?.destroy();
    this.#end(undefined);
  }

  /**
   * Hand everything to `sink` from now on, what the reader holds first, until the end or until
   * {@link PipeSource.restore}. An input that has ended already stays with the reader.
   *
   * @param signal - Must abort before `restore` is called.
   * @returns Whether the sink will see the end.
   * @throws {RuntimeError} If another call waits in the reader.
   */
  async divert(sink: Sink, signal: AbortSignal): Promise<boolean> {
    const error = this.#reader.exception();
    if (error !== null) throw error;
    if (this.#isEnded) return false;
    const occupant = this.#reader.read(-1, { signal });
    // Throws if the reader refuses. Else the occupant waits, and has taken nothing.
    await Promise.race([occupant, Promise.resolve()]);
    occupant.catch(() => {});
    signal.throwIfAborted();
    this.#sink = sink;
    const held = this.#reader.readNowait(this.#reader.bufferedLength);
    if (held !== null && held.length > 0) sink.onData(held, false);
    return true;
  }

  /** Give the reader its pipe back, and what the sink got. */
  restore(sink: Sink, collected: readonly Buffer[]): void {
    if (this.#sink !== sink) return;
    this.#sink = undefined;
    for (const piece of collected) this.#reader.feedData(piece);
    if (this.#isEnded) this.#tellReader();
  }

  /**
   * The sink has had everything: let the reader see the end.
   *
   * @returns Whether the sink got everything, and not the reader.
   */
  conclude(sink: Sink): boolean {
    if (this.#sink !== sink) return false;
    this.#sink = undefined;
    this.#tellReader();
    return true;
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    if (this.#receivedAfterEnd !== undefined) this.#receivedAfterEnd += chunk.length;
    if (this.#sink !== undefined) {
      this.#sink.onData(chunk, true);
      return;
    }
    this.#reader.feedData(chunk);
    // Node resumed the pipe of an ended child behind the reader's back.
    if (this.#isPaused) this.#stream?.pause();
  }

  // A pipe that is being read was empty if a whole turn of the event loop brings nothing from it.
  #endIfEmpty(): void {
    const before = this.#receivedAfterEnd ?? 0;
    const afterTurn = () => {
      if (this.#isEnded || this.#isPaused) return;
      const received = this.#receivedAfterEnd ?? 0;
      if (received === before || received > mostAfterEnd) this.destroy();
      else this.#endIfEmpty();
    };
    setImmediate(() => setImmediate(afterTurn));
  }

  #end(error: Error | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    if (this.#sink === undefined) this.#tellReader();
    else this.#sink.onEnd(this.#error);
  }

  #tellReader(): void {
    if (this.#error === undefined) this.#reader.feedEof();
    else this.#reader.setException(this.#error);
  }
}
