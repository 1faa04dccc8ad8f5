import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import {
  ProcessLookupError,
  type WaitOptions,
  cancellationError,
  invalidArgumentValue,
  signalOf,
} from "@aio/errors";
import { builtin } from "./platform.ts";
import {
  Communication,
  type CommunicateOptions,
  communicateOptionNames,
  maxOutputOf,
} from "./communicate.ts";
import type { Settings } from "./options.ts";
import { PipeOutput } from "./pipes/output.ts";
import type { PipeEnds } from "./pipes/pipes.ts";
import { PipeSource } from "./pipes/source.ts";
import type { StreamReader } from "./reader/stream-reader.ts";
import { Exit } from "./spawn/exit.ts";
import { Targets } from "./spawn/signals.ts";
import { Termination } from "./spawn/termination.ts";
import type { PipeOrNull } from "./stdio.ts";
import { type Data, type StreamWriter, writerOver } from "./stream-writer.ts";

let newProcess: (child: ChildProcess, ends: PipeEnds, settings: Settings) => Process;

/**
 * A child process.
 *
 * `stdin`, `stdout` and `stderr` are streams where {@link PIPE} was asked for and `null` elsewhere,
 * for the type checker too. At the end of an `await using` block a process that still runs is
 * terminated, killed if it takes longer than `graceMs`, and our ends of its pipes are closed.
 *
 * @example Talk to a process
 * ```ts
 * import { PIPE, createSubprocessExec } from "@aio/subprocess";
 *
 * const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
 * cat.stdin.write("hello\n");
 * console.log(String(await cat.stdout.readline()).trim()); // hello
 * cat.stdin.close();
 * console.log(await cat.wait()); // 0
 * ```
 *
 * @see asyncio.subprocess.Process
 */
export class Process<
  I = StreamWriter | null,
  O = StreamReader | null,
  E = StreamReader | null,
> implements AsyncDisposable {
  /** The id of the process; for a shell command, the shell's. */
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #sockets: Socket[] = [];
  readonly #exit = new Exit();
  readonly #targets: Targets;
  readonly #termination: Termination;
  readonly #input: PipeOutput | null;
  readonly #stdin: StreamWriter | null;
  readonly #stdout: PipeSource | null;
  readonly #stderr: PipeSource | null;
  #hasCommunicated = false;

  private constructor(child: ChildProcess, ends: PipeEnds, settings: Settings) {
    const { limit, killTree, startNewSession, graceMs, signal } = settings;
    const { stdin, stdout, stderr } = ends;
    this.pid = child.pid ?? 0;
    this.#child = child;
    // Each of them keeps the event loop alive, as the child does.
    for (const end of [...child.stdio, stdin, stdout, stderr]) this.#addSocket(end);
    if (stdout instanceof Promise) {
      stdout.then(
        (late) => this.#addSocket(late),
        () => {},
      );
    }
    this.#input = stdin && new PipeOutput(stdin);
    this.#stdin = this.#input && writerOver(this.#input);
    this.#stdout = stdout && new PipeSource(stdout, limit);
    this.#stderr = stderr && new PipeSource(stderr, limit);
    this.#targets = new Targets(child, !killTree ? "child" : startNewSession ? "group" : "tree");
    this.#termination = new Termination(this.#exit, this.#targets, graceMs, {
      endPipes: () => {
        this.#input?.abort();
        this.#stdout?.endWhenEmpty();
        this.#stderr?.endWhenEmpty();
      },
      letGo: () => {
        this.#closePipes();
        this.unref();
      },
    });
    if (signal !== undefined) this.#termination.listenTo(signal);
    child.on("exit", (status, killedBy) => {
      this.#termination.stopListening();
      this.#input?.onExit();
      this.#exit.settle(status, killedBy);
    });
    // A signal that cannot be sent: sendSignal() throws the error.
    child.on("error", () => {});
  }

  /** `null` until the process has ended, then its exit status, or `-N` if signal N ended it. */
  get returncode(): number | null {
    return this.#exit.returncode;
  }

  /** The writer of its standard input, `null` unless that is a pipe. */
  get stdin(): I {
    return this.#stdin as I;
  }

  /** The reader of its standard output, `null` unless that is a pipe. */
  get stdout(): O {
    return (this.#stdout?.reader ?? null) as O;
  }

  /** The reader of its standard error, `null` unless that is a pipe of its own. */
  get stderr(): E {
    return (this.#stderr?.reader ?? null) as E;
  }

  /**
   * Wait until the process has ended.
   *
   * It does not wait for the pipes: what the process wrote can be read afterwards. A process never
   * ends while its pipes are full and nothing reads them: use {@link Process.communicate} for that.
   *
   * @returns The return code.
   * @throws {CancelledError} If `signal` aborts first; the process is left as it is. Also if the
   * signal that the process was created with ended it.
   * @throws {Error} If that signal aborted, and the process cannot be ended: `code` is `EPERM` if it
   * may not be signalled.
   */
  wait(options?: WaitOptions): Promise<number> {
    return this.#exit.wait(options);
  }

  /**
   * Send `input`, close standard input, collect all output, and wait until the process has ended.
   *
   * It waits for the end of the output too, which comes only when every process that inherited it
   * has ended. A process that closes its input early is not an error. `input` is ignored where
   * standard input is not a pipe.
   *
   * @returns Standard output and standard error, `null` for what is not a pipe.
   * @throws {CancelledError} If `signal` aborts first; the process is left as it is, and what was
   * read is kept: the next call returns all of it. Also if the signal that the process was created
   * with ended it.
   * @throws {LimitOverrunError} If the output is longer than `maxOutput`; what was read is kept.
   * @throws {RuntimeError} If another caller waits for output meanwhile.
   * @throws {TypeError} If a second call has input.
   */
  async communicate(
    input?: Input<I>,
    options?: CommunicateOptions,
  ): Promise<[stdout: Output<O>, stderr: Output<E>]> {
    const signal = signalOf(options, communicateOptionNames);
    const maxOutput = maxOutputOf(options);
    if (signal?.aborted) throw cancellationError(signal, "waiting for the output");
    const data: Data | null | undefined = input;
    const writer = this.#stdin;
    if (writer !== null) {
      if (data !== undefined && data !== null) {
        if (this.#hasCommunicated && !isEmpty(data)) {
          throw invalidArgumentValue("Cannot send input: an earlier communicate() closed the pipe");
        }
        writer.write(data);
      }
      // Whether all of it arrives is up to the process: it may close its end at any time.
      writer.close();
    }
    this.#hasCommunicated = true;
    const communication = new Communication(this.#stdout, this.#stderr, maxOutput);
    return (await communication.run(this.#exit, signal)) as [Output<O>, Output<E>];
  }

  /**
   * Send a signal, by name or number; 0 only asks whether the process is there.
   *
   * @throws {ProcessLookupError} If the process has ended.
   * @throws {Error} If the process may not be signalled: `code` is `EPERM`.
   */
  sendSignal(signal: NodeJS.Signals | number): void {
    if (this.returncode !== null) {
      throw new ProcessLookupError(`Cannot signal process ${this.pid}: it has ended`);
    }
    this.#targets.send(signal);
  }

  /**
   * Ask the process to end: `SIGTERM`.
   *
   * @throws {ProcessLookupError} If the process has ended.
   */
  terminate(): void {
    this.sendSignal("SIGTERM");
  }

  /**
   * End the process: `SIGKILL`.
   *
   * @throws {ProcessLookupError} If the process has ended.
   */
  kill(): void {
    this.sendSignal("SIGKILL");
  }

  /** Let this program end although the process runs. */
  unref(): void {
    this.#child.unref();
    for (const socket of this.#sockets) socket.unref();
  }

  /** Undo {@link Process.unref}. */
  ref(): void {
    this.#child.ref();
    for (const socket of this.#sockets) socket.ref();
  }

  /**
   * End the process: terminate it, kill it if it takes longer than `graceMs`, and close our ends of
   * its pipes. With `killTree` that is done to everything behind it, even if it has ended itself.
   *
   * @throws {Error} If it cannot be ended: `code` is `EPERM` if it may not be signalled.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#termination.run();
    } finally {
      this.#closePipes();
    }
  }

  static {
    newProcess = (child, ends, settings) => new Process(child, ends, settings);
    // By its registered name: loading node:util is a tenth of loading this package.
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Object.defineProperty(this.prototype, inspect, { value: shown });
  }

  #addSocket(end: unknown): void {
    if (end instanceof builtin("net").Socket) this.#sockets.push(end);
  }

  #closePipes(): void {
    this.#input?.abort();
    this.#stdout?.destroy();
    this.#stderr?.destroy();
  }
}

/** The process of a child that Node has started, over our ends of its pipes. */
export function processOf(child: ChildProcess, ends: PipeEnds, settings: Settings): Process {
  return newProcess(child, ends, settings);
}

/** The process that options of this type ask for: its streams are `null` unless they are pipes. */
export type ProcessOf<Options> = Process<
  PipeOrNull<Asked<Options, "stdin">, StreamWriter>,
  PipeOrNull<Asked<Options, "stdout">, StreamReader>,
  PipeOrNull<Asked<Options, "stderr">, StreamReader>
>;

/** What options ask for under a name. */
export type Asked<Options, Name> = Name extends keyof Options ? Options[Name] : undefined;

/** What {@link Process.communicate} can send: nothing, unless standard input is a pipe. */
export type Input<I> = [I] extends [null] ? null : Data | null;

/** What {@link Process.communicate} returns for one stream: `null` unless it is a pipe. */
export type Output<T> = T extends null ? null : Buffer;

function isEmpty(input: Data): boolean {
  return (typeof input === "string" ? input.length : input.byteLength) === 0;
}

function shown(this: Process): string {
  const state = this.returncode === null ? "running" : `returncode=${this.returncode}`;
  return `<Process ${this.pid} ${state}>`;
}
