import {
  AbortListener,
  LimitOverrunError,
  Pending,
  type OptionNames,
  type WaitOptions,
  invalidArgumentType,
  optionNames,
  outOfRange,
} from "@aio/errors";
import { ByteCollector } from "./byte-collector.ts";
import type { PipeSource, Sink } from "./pipes/source.ts";
import type { Exit } from "./spawn/exit.ts";

/** Options of `Process.communicate()`. */
export interface CommunicateOptions extends WaitOptions {
  /**
   * The most output to collect, in bytes, standard output and standard error together.
   *
   * @defaultValue Infinity
   */
  readonly maxOutput?: number | undefined;
}

/** The option names of communicate(), for `signalOf`. */
export const communicateOptionNames: OptionNames = optionNames(["signal", "maxOutput"], {
  maxBuffer: "maxOutput",
});

// All or nothing: the caller gets the collected output only when both pipes and the process have
// ended. If anything else happens first (an abort, too much output, a broken pipe), all of it goes
// back to the readers in the same synchronous step, where the next call finds it.

/** One call of `communicate()`. */
export class Communication extends AbortListener {
  readonly #stop = new AbortController();
  readonly #stdout: Collection | null;
  readonly #stderr: Collection | null;
  readonly #maxOutput: number;
  #collected = 0;

  constructor(stdout: PipeSource | null, stderr: PipeSource | null, maxOutput: number) {
    super();
    const onSize = (size: number) => this.#count(size);
    this.#stdout = stdout && new Collection(stdout, this.#stop.signal, onSize);
    this.#stderr = stderr && new Collection(stderr, this.#stop.signal, onSize);
    this.#maxOutput = maxOutput;
  }

  /** @param send - Sends the input. */
  async run(
    exit: Exit,
    signal: AbortSignal | undefined,
    send: () => void,
  ): Promise<[Buffer | null, Buffer | null]> {
    // First, because it may throw: a frozen Node signal refuses listeners.
    if (signal !== undefined) this.listenTo(signal);
    try {
      send();
      const stopped = { signal: this.#stop.signal };
      await Promise.all([this.#stdout?.divert(), this.#stderr?.divert(), exit.wait(stopped)]);
      this.#stop.signal.throwIfAborted();
      return [this.#stdout?.conclude() ?? null, this.#stderr?.conclude() ?? null];
    } catch (error) {
      this.#giveUp(error as Error);
      throw this.#stop.signal.reason;
    } finally {
      this.stopListening();
    }
  }

  override onAbort(error: Error): void {
    this.#giveUp(error);
  }

  #giveUp(error: Error): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(error);
    this.#stdout?.restore(error);
    this.#stderr?.restore(error);
  }

  #count(size: number): void {
    this.#collected += size;
    if (this.#collected <= this.#maxOutput) return;
    const state = `it is longer than maxOutput, ${this.#maxOutput} bytes`;
    this.#giveUp(new LimitOverrunError(`Cannot collect the output: ${state}`, this.#collected));
  }
}

/** Check `maxOutput`. */
export function maxOutputOf(options: CommunicateOptions | undefined): number {
  const value: unknown = options?.maxOutput;
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value !== "number") throw invalidArgumentType("maxOutput", "a number", value);
  if (!(value >= 0)) throw outOfRange("maxOutput", "0 or more bytes", value);
  return value;
}

class Collection implements Sink {
  readonly #source: PipeSource;
  readonly #signal: AbortSignal;
  readonly #onSize: (size: number) => void;
  readonly #bytes = new ByteCollector();
  readonly #ended = new Pending<void>();

  constructor(source: PipeSource, signal: AbortSignal, onSize: (size: number) => void) {
    this.#source = source;
    this.#signal = signal;
    this.#onSize = onSize;
    // It may reject before a call awaits it: that must not be an unhandled rejection.
    this.#ended.promise.catch(() => {});
  }

  /** Collect until the input ends. */
  async divert(): Promise<void> {
    if (await this.#source.divert(this, this.#signal)) await this.#ended.promise;
    else this.#onSize(this.#source.reader.bufferedLength);
  }

  onData(chunk: Buffer, isOurs: boolean): void {
    const { length } = chunk;
    this.#bytes.append(chunk, isOurs);
    this.#onSize(length);
  }

  onEnd(error: Error | undefined): void {
    if (error === undefined) this.#ended.resolve();
    else this.#ended.reject(error);
  }

  conclude(): Buffer {
    return this.#bytes.take(this.#source.conclude(this));
  }

  restore(error: Error): void {
    this.#source.restore(this, this.#bytes.takePieces());
    this.#ended.reject(error);
  }
}
