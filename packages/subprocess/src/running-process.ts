import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import {
  AbortListener,
  ProcessLookupError,
  type WaitOptions,
  cancellationError,
  signalOf,
} from "@aio/errors";
import { invalidArgumentValue } from "./argument-text.ts";
import { Communication, type CommunicateOptions, maxOutputOf } from "./communicate.ts";
import { returncodeOf } from "./spawn/exit-status.ts";
import { Exit } from "./spawn/exit.ts";
import type { Settings } from "./options.ts";
import { PipeSource } from "./pipes/source.ts";
import { PipeWriter } from "./pipes/writer.ts";
import type { PipeEnds } from "./pipes/pipes.ts";
import type { Process } from "./process.ts";
import { type Reach, killOrphans, sendSignal } from "./spawn/signals.ts";
import type { StreamReader } from "./reader/stream-reader.ts";
import type { Data, StreamWriter } from "./stream-writer.ts";

/** A child process that was started. */
export class RunningProcess implements Process {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #sockets: readonly Socket[];
  readonly #reach: Reach;
  readonly #graceMs: number;
  readonly #exit = new Exit();
  readonly #stdin: PipeWriter | null;
  readonly #stdout: PipeSource | null;
  readonly #stderr: PipeSource | null;
  #hasCommunicated = false;
  #isCancelled = false;

  constructor(
    child: ChildProcess,
    ends: PipeEnds,
    settings: Settings,
    signal: AbortSignal | undefined,
  ) {
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#reach = reachOf(settings);
    this.#graceMs = settings.graceMs;
    const { stdin, stdout, stderr } = ends;
    // Each of them keeps the event loop going, as the child does.
    this.#sockets = [...child.stdio, stdin, stdout, stderr].filter((end) => end instanceof Socket);
    this.#stdin = stdin && new PipeWriter(stdin);
    this.#stdout = stdout && new PipeSource(stdout, settings.limit);
    this.#stderr = stderr && new PipeSource(stderr, settings.limit);
    const owner = signal && new Owner((error) => this.#onCancel(error));
    if (signal !== undefined) owner?.listenTo(signal);
    child.on("exit", (status, killedBy) => {
      owner?.stopListening();
      this.#stdin?.onReaderGone();
      if (this.#isCancelled) this.#endOrphans();
      this.#exit.settle(returncodeOf(status, killedBy));
    });
    // A signal that cannot be sent: sendSignal() throws it.
    child.on("error", () => {});
  }

  get returncode(): number | null {
    return this.#exit.returncode;
  }

  get stdin(): StreamWriter | null {
    return this.#stdin;
  }

  get stdout(): StreamReader | null {
    return this.#stdout?.reader ?? null;
  }

  get stderr(): StreamReader | null {
    return this.#stderr?.reader ?? null;
  }

  wait(options?: WaitOptions): Promise<number> {
    return this.#exit.wait(options);
  }

  async communicate(
    input?: Data | null,
    options?: CommunicateOptions,
  ): Promise<[Buffer | null, Buffer | null]> {
    const signal = signalOf({ signal: options?.signal });
    const maxOutput = maxOutputOf(options);
    if (signal?.aborted) throw cancellationError(signal);
    const writer = this.#stdin;
    if (writer !== null) {
      if (input !== undefined && input !== null) {
        if (this.#hasCommunicated && !isEmpty(input)) {
          throw invalidArgumentValue("Cannot send input: an earlier communicate() closed the pipe");
        }
        writer.write(input);
      }
      // Whether all of it arrives is the process's affair: it may close its end when it likes.
      writer.close();
    }
    this.#hasCommunicated = true;
    return new Communication(this.#stdout, this.#stderr, maxOutput).run(this.#exit, signal);
  }

  sendSignal(signal: NodeJS.Signals | number): void {
    if (this.returncode !== null) {
      throw new ProcessLookupError(`Cannot signal process ${this.pid}: it has ended`);
    }
    sendSignal(this.#child, this.#reach, signal);
  }

  terminate(): void {
    this.sendSignal("SIGTERM");
  }

  kill(): void {
    this.sendSignal("SIGKILL");
  }

  ref(): void {
    this.#child.ref();
    for (const socket of this.#sockets) socket.ref();
  }

  unref(): void {
    this.#child.unref();
    for (const socket of this.#sockets) socket.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A cancelled process rejects who waits for it. Here only the end of it matters.
    const ended = this.wait().catch(() => 0);
    this.#end();
    await ended;
    this.#endOrphans();
    this.#stdin?.destroy();
    this.#stdout?.destroy();
    this.#stderr?.destroy();
  }

  static {
    // By its registered name: loading node:util is a tenth of loading this package.
    const custom = Symbol.for("nodejs.util.inspect.custom");
    Object.defineProperty(this.prototype, custom, { value: shown });
  }

  #onCancel(error: Error): void {
    this.#isCancelled = true;
    this.#exit.cancel(error);
    this.#end();
  }

  #endOrphans(): void {
    if (this.#reach === "group") killOrphans(this.pid);
  }

  // Terminate the process, and kill it if it does not end in time.
  #end(): void {
    if (this.returncode !== null) return;
    this.#try("SIGTERM");
    const timer = setTimeout(() => this.#try("SIGKILL"), this.#graceMs);
    this.#child.once("exit", () => clearTimeout(timer));
  }

  #try(signal: NodeJS.Signals): void {
    try {
      this.sendSignal(signal);
    } catch {
      // It has ended, or is somebody else's by now: there is no more to be done than to wait for it.
    }
  }
}

function isEmpty(input: Data): boolean {
  return (typeof input === "string" ? input.length : input.byteLength) === 0;
}

function shown(this: RunningProcess): string {
  return `<Process ${this.pid}>`;
}

function reachOf({ killTree, startNewSession }: Settings): Reach {
  if (!killTree) return "child";
  return startNewSession ? "group" : "tree";
}

class Owner extends AbortListener {
  readonly #tell: (error: Error) => void;

  constructor(tell: (error: Error) => void) {
    super();
    this.#tell = tell;
  }

  override onAbort(error: Error): void {
    this.#tell(error);
  }
}
