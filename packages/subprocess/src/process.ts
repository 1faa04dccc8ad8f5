import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import {
  ProcessLookupError,
  type WaitOptions,
  cancellationError,
  invalidArgumentValue,
  signalOf,
} from "@aio/errors";
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
import { builtin, inspectAs } from "./platform.ts";
import type { StreamReader } from "./reader/stream-reader.ts";
import { Exit } from "./spawn/exit.ts";
import { Targets } from "./spawn/signals.ts";
import { Termination } from "./spawn/termination.ts";
import type { PipeOrNull } from "./stdio.ts";
import { type Data, type StreamWriter, writerOver } from "./stream-writer.ts";

/**
 * A child process.
 *
 * `stdin`, `stdout` and `stderr` are streams if their option is {@link PIPE}, and `null` otherwise, in
 * the types too. At the end of an `await using` block, a running process is terminated, then killed
 * after `graceMs`, and the parent's ends of its pipes are closed.
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
    const { limit, killTree, startNewSession, graceMs } = settings;
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
    child.on("exit", (status, killedBy) => {
      this.#termination.stopListening();
      this.#input?.onExit();
      this.#exit.settle(status, killedBy);
    });
    // Emitted if a signal could not be sent. sendSignal() throws that error.
    child.on("error", () => {});
  }

  /** `null` until the process has ended, then its exit status, or `-N` if signal N ended it. */
  get returncode(): number | null {
    return this.#exit.returncode;
  }

  /** The writer of its standard input, `null` unless `stdin: PIPE` was given. */
  get stdin(): I {
    return this.#stdin as I;
  }

  /** The reader of its standard output, `null` unless `stdout: PIPE` was given. */
  get stdout(): O {
    return (this.#stdout?.reader ?? null) as O;
  }

  /** The reader of its standard error, `null` unless `stderr: PIPE` was given. */
  get stderr(): E {
    return (this.#stderr?.reader ?? null) as E;
  }

  /**
   * Wait until the process has ended.
   *
   * It does not wait for the pipes: output can still be read afterwards. A process that blocks on a
   * full pipe never ends, so this deadlocks if nothing reads: use {@link Process.communicate} instead.
   *
   * @returns The return code.
   * @throws {CancelledError} If `signal` aborts first; the process keeps running. Also if the signal
   * that the process was created with ended it.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {Error} If that signal aborted and the process, or with `killTree` a descendant, cannot be
   * ended: `code` is `EPERM` if this process may not signal it. With `killTree` and
   * `startNewSession: false`, also if `/proc` could not be read to find the descendants.
   */
  wait(options?: WaitOptions): Promise<number> {
    return this.#exit.wait(options);
  }

  /**
   * Send `input`, close standard input, collect all output, and wait until the process has ended.
   *
   * The output ends only when every process that inherited the pipes has closed them or exited. It is
   * not an error if the process closes its input early. `input` is ignored if standard input is not a
   * pipe.
   *
   * @returns Standard output and standard error, `null` for what is not a pipe.
   * @throws {CancelledError} If `signal` aborts first; the process keeps running, and the output so
   * far is kept: the next call returns all of it. Also if the signal that the process was created with
   * ended it.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {LimitOverrunError} If the output is longer than `maxOutput`; the output so far is kept.
   * @throws {RuntimeError} If another call is waiting for output. As in asyncio, `input` is sent and
   * standard input closed nevertheless.
   * @throws {TypeError} If a second call has input.
   */
  async communicate(
    input?: Input<I>,
    options?: CommunicateOptions,
  ): Promise<[stdout: Output<O>, stderr: Output<E>]> {
    const signal = signalOf(options, communicateOptionNames);
    const maxOutput = maxOutputOf(options);
    if (signal?.aborted) throw cancellationError(signal, "waiting for the output");
    const communication = new Communication(this.#stdout, this.#stderr, maxOutput);
    const send = () => this.#sendInput(input);
    return (await communication.run(this.#exit, signal, send)) as [Output<O>, Output<E>];
  }

  /**
   * Send a signal, by name or number; 0 only checks that the process exists.
   *
   * @throws {ProcessLookupError} If the process has ended.
   * @throws {Error} If this process may not signal it: `code` is `EPERM`. With `killTree` and
   * `startNewSession: false`, also if `/proc` cannot be read to find the descendants; the process gets
   * the signal.
   */
  sendSignal(signal: NodeJS.Signals | number): void {
    if (this.returncode !== null) {
      throw new ProcessLookupError(`Cannot signal process ${this.pid}: it has ended`);
    }
    this.#targets.send(signal);
  }

  /**
   * Ask the process to end, with `SIGTERM`.
   *
   * @throws {ProcessLookupError} If the process has ended.
   * @throws {Error} If this process may not signal it, or `/proc` cannot be read, as in
   * {@link Process.sendSignal}.
   */
  terminate(): void {
    this.sendSignal("SIGTERM");
  }

  /**
   * Kill the process, with `SIGKILL`.
   *
   * @throws {ProcessLookupError} If the process has ended.
   * @throws {Error} If this process may not signal it, or `/proc` cannot be read, as in
   * {@link Process.sendSignal}.
   */
  kill(): void {
    this.sendSignal("SIGKILL");
  }

  /** Let this program exit while the process runs. */
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
   * End the process: terminate it, kill it after `graceMs`, and close the parent's ends of its pipes.
   * With `killTree`, its descendants are ended too, even if the process itself has ended; with
   * `startNewSession: false`, after its end only those that an earlier signal has found.
   *
   * @throws {Error} If it cannot be ended: `code` is `EPERM` if this process may not signal it. With
   * `killTree` and `startNewSession: false`, also if `/proc` could not be read to find the descendants;
   * those that are known have ended.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#termination.run();
    } finally {
      this.#closePipes();
    }
  }

  #sendInput(data: Data | null | undefined): void {
    const writer = this.#stdin;
    if (data !== undefined && data !== null) {
      if (writer !== null && this.#hasCommunicated && Buffer.byteLength(data as string) > 0) {
        throw invalidArgumentValue("Cannot send input: an earlier communicate() closed the pipe");
      }
      writer?.write(data);
    }
    // The process may close its end at any time, so the input may not arrive.
    writer?.close();
    this.#hasCommunicated = true;
  }

  #addSocket(end: unknown): void {
    if (end instanceof builtin("net").Socket) this.#sockets.push(end);
  }

  #closePipes(): void {
    this.#input?.abort();
    this.#stdout?.destroy();
    this.#stderr?.destroy();
  }

  static {
    processOf = (child, ends, settings) => new Process(child, ends, settings);
    listenTo = (process, signal) => process.#termination.listenTo(signal);
    inspectAs(this, "Process", ({ pid, returncode }) => {
      return `<Process ${pid} ${returncode === null ? "running" : `returncode=${returncode}`}>`;
    });
  }
}

// `var`, because the static block above assigns both before these lines run: `let` would throw.

/** Makes the process of a child that Node has started, over the parent's ends of its pipes. */
export var processOf: (child: ChildProcess, ends: PipeEnds, settings: Settings) => Process;

/** Let `signal` end the process. Throws if the signal refuses listeners. */
export var listenTo: (process: Process, signal: AbortSignal) => void;

/** The process type for a type of options: its streams are `null` unless they are pipes. */
export type ProcessOf<Options> = Process<
  PipeOrNull<Asked<Options, "stdin">, StreamWriter>,
  PipeOrNull<Asked<Options, "stdout">, StreamReader>,
  PipeOrNull<Asked<Options, "stderr">, StreamReader>
>;

/** The type of one option. */
export type Asked<Options, Name> = Name extends keyof Options ? Options[Name] : undefined;

/** What {@link Process.communicate} can send: nothing, unless standard input is a pipe. */
export type Input<I> = [I] extends [null] ? null : Data | null;

/** What {@link Process.communicate} returns for one stream: `null` unless it is a pipe. */
export type Output<T> = T extends null ? null : Buffer;
