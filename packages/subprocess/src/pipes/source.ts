import type { Readable } from "node:stream";
import { setImmediate } from "../platform.ts";
import type { ByteSource } from "../reader/input.ts";
import { StreamReader } from "../reader/stream-reader.ts";

// The bytes of a pipe go to its reader, which pauses the pipe under backpressure. While
// communicate() collects the output, they bypass the reader and go to a sink. Meanwhile an internal
// read occupies the reader, so that it refuses other reads, and end of input is withheld from it
// until the sink is done. The internal read asks for all of the input, so it takes nothing before end
// of input. If communicate() stops early, everything collected goes back to the reader, before end of
// input.
//
// The 'data' listener is added in the first tick. When a child ends, Node reads what is left in a
// pipe, paused or not, and discards it if nothing listens (nodejs/node#7184).

// More than the system buffers in a pipe. If more than this arrives after the end of the process,
// another process wrote it.
const mostAfterEnd = 1 << 20;

/** Receives the data of a pipe instead of its reader. */
export interface Sink {
  /** @param isOurs - Whether the sink may overwrite or release the chunk's memory. */
  onData(chunk: Buffer, isOurs: boolean): void;
  onEnd(error: Error | undefined): void;
}

/** A pipe from a child, and its reader. */
export class PipeSource implements ByteSource {
  readonly #reader: StreamReader;
  #stream: Readable | undefined;
  #sink: Sink | undefined;
  /** Whether the sink has what the reader held. Until then, data still goes to the reader. */
  #isDiverted = false;
  #isPaused = false;
  #isEnded = false;
  #error: Error | undefined;
  #receivedAfterEnd: number | undefined;

  /** @param stream - The parent's end, or a promise of it; if that rejects, the input ends. */
  constructor(stream: Readable | Promise<Readable>, limit: number) {
    this.#reader = new StreamReader({ limit, source: this });
    if (!(stream instanceof Promise)) this.#attach(stream);
    else
      stream.then(
        (late) => this.#attach(late),
        () => this.#end(undefined),
      );
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
   * The process was cancelled and has exited: end the input once everything that it wrote is read,
   * even if another process still holds the pipe.
   */
  endWhenEmpty(): void {
    this.#receivedAfterEnd ??= 0;
    this.#endIfEmpty();
  }

  /** Close the parent's end. */
  destroy(): void {
    this.#stream?.destroy();
    this.#end(undefined);
  }

  /**
   * From now on, send everything to `sink`, beginning with what the reader holds, until end of input
   * or {@link PipeSource.restore}. An input that has already ended stays with the reader.
   *
   * @param signal - Must abort before `restore` is called.
   * @returns Whether the sink receives end of input.
   * @throws {RuntimeError} If another call is waiting in the reader.
   */
  async divert(sink: Sink, signal: AbortSignal): Promise<boolean> {
    const error = this.#reader.exception();
    if (error !== null) throw error;
    if (this.#isEnded) return false;
    const occupant = this.#reader.read(-1, { signal });
    // From here on, because the input may end while this waits. Data may arrive, too, since the read
    // resumes the pipe: it follows what the reader holds. Another sink stays, and the reader refuses.
    this.#sink ??= sink;
    // Throws if the reader refuses: then `restore` is called. Otherwise the internal read waits.
    await Promise.race([occupant, Promise.resolve()]);
    occupant.catch(() => {});
    signal.throwIfAborted();
    this.#isDiverted = true;
    sink.onData(this.#takeHeld(), false);
    return true;
  }

  /** Return the pipe to the reader, together with what the sink received. */
  restore(sink: Sink, collected: readonly Buffer[]): void {
    if (this.#sink !== sink) return;
    this.#sink = undefined;
    this.#isDiverted = false;
    for (const piece of collected) this.#reader.feedData(piece);
    if (this.#isEnded) this.#tellReader();
  }

  /**
   * Deliver end of input to the reader, now that the sink has received everything.
   *
   * @returns What the reader holds, which precedes what the sink received: all of an input that had
   * already ended, or what a destroyed adapter of the reader has put back.
   */
  conclude(sink: Sink): Buffer {
    const held = this.#takeHeld();
    if (this.#sink === sink) {
      this.#sink = undefined;
      this.#isDiverted = false;
      this.#tellReader();
    }
    return held;
  }

  #takeHeld(): Buffer {
    return this.#reader.readNowait(this.#reader.bufferedLength) as Buffer;
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
    // If this process closes the pipe, a waiting read reaches end of input.
    stream.on("close", () => this.#end(undefined));
    // One that was accepted is paused until here.
    stream.resume();
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    if (this.#receivedAfterEnd !== undefined) this.#receivedAfterEnd += chunk.length;
    if (this.#sink !== undefined && this.#isDiverted) {
      this.#sink.onData(chunk, true);
      return;
    }
    this.#reader.feedData(chunk);
    // When a child ends, Node resumes its pipe although the reader had paused it.
    if (this.#isPaused) this.#stream?.pause();
  }

  // A pipe that is being read is empty if a whole event-loop turn delivers nothing.
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
