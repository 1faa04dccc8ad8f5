import type { ChildProcess, StdioOptions } from "node:child_process";
import { Socket } from "node:net";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { type PipeEnd, openPipe } from "../open-pipe.ts";
import type { Settings } from "../options.ts";
import { socketPair } from "./socket-pair.ts";
import type { StdioEntry } from "../stdio.ts";

/** Our ends of a child's pipes. */
export interface PipeEnds {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** The ends that were made before the child. Node makes the others, while it spawns. */
interface MadeEnds {
  stdin?: Socket;
  stdout?: Socket;
  stderr?: Socket;
}

/** The pipes of one child, on both sides, before and after it is started. */
export class Pipes {
  readonly #ours: MadeEnds = {};
  readonly #childs: (PipeEnd | Socket)[] = [];
  readonly #entries: (StdioEntry | Socket)[];
  readonly #isMerged: boolean;

  constructor(settings: Settings) {
    const { stdin, stdout, stderr, merged } = settings.stdio;
    this.#entries = [stdin, stdout, stderr];
    this.#isMerged = merged;
  }

  /** Make the pipes that Node would not make, or not make so. */
  static async open(settings: Settings): Promise<Pipes> {
    const pipes = new Pipes(settings);
    try {
      if (settings.osPipes) await pipes.#openOsPipes();
      else if (pipes.#isMerged && process.platform !== "win32") await pipes.#openPair();
    } catch (error) {
      pipes.close();
      throw error;
    }
    return pipes;
  }

  /** What the child is to get as its descriptors 0, 1, 2 and those of `passFds`. */
  stdio(passFds: readonly number[]): StdioOptions {
    const entries: (StdioEntry | Socket)[] = [...this.#entries];
    for (const fd of passFds) {
      // A hole opens nothing in the child.
      while (entries.length < fd) entries.push("ignore");
      entries[fd] = fd;
    }
    return entries;
  }

  /** Our ends, and nothing but ours: the child has its own by now. */
  endsFor(child: ChildProcess): PipeEnds {
    this.#closeChilds();
    const { stdin = child.stdin, stdout = child.stdout, stderr = child.stderr } = this.#ours;
    if (!this.#isMerged) return { stdin, stdout, stderr };
    if (this.#ours.stdout !== undefined || stdout === null || stderr === null) {
      return { stdin, stdout, stderr: null };
    }
    return { stdin, stdout: inOrderOfArrival(stdout, stderr), stderr: null };
  }

  /** Nothing was started: close everything. */
  close(): void {
    this.#closeChilds();
    for (const end of Object.values(this.#ours) as Socket[]) end.destroy();
  }

  #closeChilds(): void {
    for (const end of this.#childs) {
      if (end instanceof Socket) end.destroy();
      else end.close();
    }
  }

  async #openPair(): Promise<void> {
    const { ours, childs } = await socketPair();
    this.#childs.push(childs);
    this.#ours.stdout = ours;
    this.#entries[1] = this.#entries[2] = childs;
  }

  async #openOsPipes(): Promise<void> {
    const [stdin, stdout, stderr] = this.#entries;
    if (stdin === "pipe") {
      const { read, write } = await openPipe();
      this.#childs.push(read);
      this.#entries[0] = read.fd;
      this.#ours.stdin = new Socket({ fd: write.fd, readable: false, writable: true });
    }
    if (stdout === "pipe") this.#ours.stdout = await this.#openOutput(1);
    if (this.#isMerged) this.#entries[2] = this.#entries[1] ?? "ignore";
    else if (stderr === "pipe") this.#ours.stderr = await this.#openOutput(2);
  }

  async #openOutput(index: 1 | 2): Promise<Socket> {
    const { read, write } = await openPipe();
    this.#childs.push(write);
    this.#entries[index] = write.fd;
    return new Socket({ fd: read.fd, readable: true, writable: false });
  }
}

// Windows hands nothing over twice. Two pipes are merged as their data come in, which is the order
// of writing only if the child leaves time in between.
function inOrderOfArrival(stdout: Readable, stderr: Readable): Readable {
  const merged = new PassThrough();
  let open = 2;
  for (const stream of [stdout, stderr]) {
    stream.pipe(merged, { end: false });
    stream.on("error", (error) => merged.destroy(error));
    stream.on("close", () => {
      open -= 1;
      if (open === 0) merged.end();
    });
  }
  merged.on("close", () => {
    stdout.destroy();
    stderr.destroy();
  });
  return merged;
}
