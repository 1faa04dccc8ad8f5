import { inspect } from "node:util";
import {
  type ByteSource,
  CancelledError,
  IncompleteReadError,
  LimitOverrunError,
  RuntimeError,
  StreamReader,
  type WaitOptions,
} from "@aio/streams";
import type { Call, How, Operation, Program } from "./program.ts";
import type { Outcome, Step } from "./trace.ts";

/** The class of reader to run programs over: that of `@aio/streams`, or a test's. */
export type ReaderClass = new (options: {
  readonly limit: number;
  readonly source: ByteSource;
}) => StreamReader;

/** Run a program over a reader. The trace has the form of that of python/reader/interpreter.py. */
export async function interpret(
  program: Program,
  Reader: ReaderClass = StreamReader,
): Promise<Step[]> {
  const world = new World(program.limit, Reader);
  const trace: Step[] = [];
  for (const operation of program.operations) {
    world.operate(operation);
    const isSettled = program.mode === "tasks" || operation[0] === "settle";
    if (isSettled) await new Promise(setImmediate);
    trace.push([isSettled ? world.outcomes.splice(0) : [], world.state()]);
  }
  const rest = world.rest();
  world.operate(["cancel"]);
  await new Promise(setImmediate);
  trace.push([world.outcomes.splice(0), rest]);
  return trace;
}

/** A source that refuses to be paused twice. */
class Source implements ByteSource {
  isPaused = false;

  pause(): void {
    if (this.isPaused) throw new Error("Cannot pause the source: it is paused");
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) throw new Error("Cannot resume the source: it is not paused");
    this.isPaused = false;
  }
}

class World {
  readonly outcomes: Outcome[] = [];
  readonly #source = new Source();
  readonly #stored = new Error("stored");
  readonly #reader: StreamReader;
  readonly #lines: AsyncIterator<Buffer>;
  #begun = 0;
  #isEnded = false;
  #waiting: AbortController | undefined = undefined;

  constructor(limit: number, Reader: ReaderClass) {
    this.#reader = new Reader({ limit, source: this.#source });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  operate(operation: Operation): void {
    const [name] = operation;
    if (name === "feed") this.#feed(operation[1]);
    else if (name === "error") this.#reader.setException(this.#stored);
    else if (name === "cancel") this.#waiting?.abort();
    else if (name === "call") this.#call(operation[1], operation[2]);
    else if (name === "eof") {
      this.#isEnded = true;
      this.#reader.feedEof();
    }
  }

  #feed(bytes: string): void {
    try {
      this.#reader.feedData(Buffer.from(bytes, "latin1"));
    } catch (error) {
      this.outcomes.push([-1, "feed", ...this.#failure(error)]);
    }
  }

  #call(call: Call, how: How): void {
    const number = this.#begun;
    this.#begun += 1;
    const [name] = call;
    const succeed = (value: unknown): void => {
      this.outcomes.push([number, name, "ok", ...shown(value)]);
    };
    const fail = (error: unknown): void => {
      this.outcomes.push([number, name, ...this.#failure(error)]);
    };
    if (how === "nowait") {
      try {
        succeed(this.#nowait(call));
      } catch (error) {
        fail(error);
      }
      return;
    }
    const controller = new AbortController();
    if (how === "refused") controller.abort();
    const wasWaiting = this.#isWaiting();
    this.#wait(call, controller).then(succeed, fail);
    if (!wasWaiting && this.#isWaiting()) this.#waiting = controller;
  }

  #wait(call: Call, options: WaitOptions): Promise<unknown> {
    const reader = this.#reader;
    switch (call[0]) {
      case "read":
        return reader.read(call[1], options);
      case "readexactly":
        return reader.readexactly(call[1], options);
      case "readuntil":
        return reader.readuntil(separatorsOf(call[1]), options);
      case "readline":
        return reader.readline(options);
      default:
        // An iterator does not take a signal.
        if (options.signal?.aborted) return reader.readline(options);
        return this.#lines.next();
    }
  }

  #nowait(call: Call): Buffer | null {
    const reader = this.#reader;
    switch (call[0]) {
      case "read":
        return reader.readNowait(call[1]);
      case "readexactly":
        return reader.readexactlyNowait(call[1]);
      case "readuntil":
        return reader.readuntilNowait(separatorsOf(call[1]));
      default:
        return reader.readlineNowait();
    }
  }

  state(): Step[1] {
    return [
      this.#reader.bufferedLength,
      this.#reader.atEof(),
      this.#reader.exception() !== null,
      this.#source.isPaused && !this.#isEnded,
      this.#isWaiting(),
    ];
  }

  /** The bytes that remain. */
  rest(): string {
    const size = this.#reader.bufferedLength;
    return size === 0 ? "" : (this.#reader.readexactlyNowait(size)?.toString("latin1") ?? "");
  }

  #isWaiting(): boolean {
    return inspect(this.#reader).includes(" waits");
  }

  #failure(error: unknown): (string | number | null)[] {
    if (error === this.#stored) return ["stored error"];
    if (error instanceof IncompleteReadError) {
      const partial = Buffer.from(error.partial).toString("latin1");
      return ["IncompleteReadError", partial, error.expected ?? null];
    }
    if (error instanceof LimitOverrunError) {
      // The two sides have different messages.
      const state = error.message.startsWith("Found the separator") ? "found" : "not found";
      return ["LimitOverrunError", state, error.consumed];
    }
    if (error instanceof CancelledError) return ["CancelledError"];
    if (error instanceof RuntimeError) return ["RuntimeError"];
    return [(error as Error).name];
  }
}

function separatorsOf(separators: readonly string[]): Buffer | Buffer[] {
  const all = separators.map((separator) => Buffer.from(separator, "latin1"));
  return all.length === 1 ? (all[0] as Buffer) : all;
}

function shown(value: unknown): string[] {
  if (Buffer.isBuffer(value)) return [value.toString("latin1")];
  if (value === null) return [];
  const { done, value: line } = value as IteratorResult<Buffer>;
  return done === true ? ["end"] : [line.toString("latin1")];
}
