import type { WaitOptions } from "@aio/errors";
import type { CommunicateOptions } from "./communicate.ts";
import type { Slot } from "./stdio.ts";
import type { StreamReader } from "./reader/stream-reader.ts";
import type { Data, StreamWriter } from "./stream-writer.ts";

/** The process that options of this type ask for: its streams are `null` unless they are pipes. */
export type ProcessOf<Options> = Process<
  Slot<Asked<Options, "stdin">, StreamWriter>,
  Slot<Asked<Options, "stdout">, StreamReader>,
  Slot<Asked<Options, "stderr">, StreamReader>
>;

type Asked<Options, Name> = Name extends keyof Options ? Options[Name] : undefined;

/** What {@link Process.communicate} can send: nothing, unless standard input is a pipe. */
export type Input<I> = [I] extends [null] ? null : Data | null;

/** What {@link Process.communicate} brings of one stream: `null` unless it is a pipe. */
export type Output<T> = T extends null ? null : Buffer;

/**
 * A child process.
 *
 * `stdin`, `stdout` and `stderr` are streams where {@link PIPE} was asked for and `null` where not,
 * for the type checker too. At the end of an `await using` block the process is terminated if it
 * still runs, killed if it takes longer than `graceMs`, and our ends of its pipes are closed.
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
export interface Process<
  I = StreamWriter | null,
  O = StreamReader | null,
  E = StreamReader | null,
> extends AsyncDisposable {
  /** The process's id; for a shell command the shell's. */
  readonly pid: number;
  /** `null` until the process has ended, then its exit status, or `-N` if signal N ended it. */
  readonly returncode: number | null;
  /** The writer of its standard input, `null` unless that is a pipe. */
  readonly stdin: I;
  /** The reader of its standard output, `null` unless that is a pipe. */
  readonly stdout: O;
  /** The reader of its standard error, `null` unless that is a pipe of its own. */
  readonly stderr: E;

  /**
   * Wait until the process has ended.
   *
   * It does not wait for the pipes: what was written can be read afterwards. A process whose pipes
   * nobody reads never ends once they are full: use {@link Process.communicate} then.
   *
   * @returns The return code.
   * @throws {CancelledError} If `signal` aborts first; the process is left as it is. And if the
   * signal that it was created with ended it.
   */
  wait(options?: WaitOptions): Promise<number>;

  /**
   * Send `input`, close standard input, collect all output, and wait until the process has ended.
   *
   * It waits for the end of the output too, which does not come before each process that inherited
   * it has ended. A process that closes its input early is no error. `input` is ignored where
   * standard input is no pipe.
   *
   * @returns Standard output and standard error, `null` for what is no pipe.
   * @throws {CancelledError} If `signal` aborts first; the process is left as it is, and what was
   * read is kept: the next call returns all of it. And if the signal that the process was created
   * with ended it.
   * @throws {LimitOverrunError} If the output is longer than `maxOutput`; then the same holds.
   * @throws {RuntimeError} If somebody else waits for output meanwhile.
   * @throws {TypeError} If there is input in a second call.
   */
  communicate(
    input?: Input<I>,
    options?: CommunicateOptions,
  ): Promise<[stdout: Output<O>, stderr: Output<E>]>;

  /**
   * Send a signal, by name or number; 0 only asks whether the process is there.
   *
   * @throws {ProcessLookupError} If the process has ended.
   * @throws {Error} If the process may not be signalled: `code` is `EPERM`.
   */
  sendSignal(signal: NodeJS.Signals | number): void;
  /**
   * Ask the process to end: `SIGTERM`.
   *
   * @throws {ProcessLookupError} If the process has ended.
   */
  terminate(): void;
  /**
   * End the process: `SIGKILL`.
   *
   * @throws {ProcessLookupError} If the process has ended.
   */
  kill(): void;
  /** Let this process end although the child runs. */
  unref(): void;
  /** Undo {@link Process.unref}. */
  ref(): void;
}
