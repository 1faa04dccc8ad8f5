import type { ChildProcess, StdioOptions } from "node:child_process";
import type { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { builtin } from "../platform.ts";
import type { Stdio, StdioEntry } from "../stdio.ts";
import { type OsPipe, makeOsPipes } from "./os-pipe.ts";
import { type SocketPair, socketPair } from "./socket-pair.ts";

/** The parent's ends of a child's pipes. One may arrive an event-loop turn later. */
export interface PipeEnds {
  readonly stdin: Duplex | null;
  readonly stdout: Readable | Promise<Readable> | null;
  readonly stderr: Readable | null;
}

/** The ends that are made before the child. Node makes the others while it spawns. */
interface MadeEnds {
  stdin?: Socket;
  stdout?: Socket | Promise<Readable>;
  stderr?: Socket;
}

/** The pipes of one child, on both sides, before and after it is started. */
export class Pipes {
  readonly #ours: MadeEnds = {};
  readonly #theirs: number[] = [];
  readonly #entries: (StdioEntry | Socket)[];
  readonly #isMerged: boolean;
  #pair: SocketPair | undefined;
  #ready: Promise<unknown> | undefined;

  /**
   * Make the pipes that must exist before the child: operating system pipes, and one pipe for both
   * stdout and stderr. Node makes the others.
   *
   * @throws {Error} If no descriptors are left: `code` is `EMFILE` or `ENFILE`.
   */
  constructor({ stdio, osPipes }: { readonly stdio: Stdio; readonly osPipes: boolean }) {
    const { stdin, stdout, stderr, merged } = stdio;
    this.#entries = [stdin, stdout, stderr];
    this.#isMerged = merged;
    if (osPipes) this.#makeOsPipes();
    else if (merged && process.platform !== "win32") this.#makePair();
  }

  /**
   * Resolves when all of the parent's ends exist and no other process holds them; `undefined` if they
   * already do. Rejects if descriptors ran out and an end was lost: the child is then unusable.
   */
  get ready(): Promise<unknown> | undefined {
    return this.#ready;
  }

  /** The child's descriptors 0, 1 and 2, and those of `passFds`. */
  stdio(passFds: readonly number[]): StdioOptions {
    const entries: (StdioEntry | Socket)[] = [...this.#entries];
    for (const fd of passFds) {
      // A descriptor that is not passed stays closed in the child.
      while (entries.length < fd) entries.push("ignore");
      entries[fd] = fd;
    }
    return entries;
  }

  /** The parent's ends. The child has its copies by now, so the originals are closed. */
  endsFor(child: ChildProcess): PipeEnds {
    this.#closeTheirs();
    const { stdout = child.stdout, stderr = child.stderr } = this.#ours;
    const stdin = this.#ours.stdin ?? (child.stdin as Socket | null);
    // When a child ends, Node destroys its standard input, although others may still read from it.
    Reflect.set(child, "stdin", null);
    if (!this.#isMerged) return { stdin, stdout, stderr };
    const isInOrder = stdout !== child.stdout || stdout === null || stderr === null;
    return { stdin, stdout: isInOrder ? stdout : inOrderOfArrival(stdout, stderr), stderr: null };
  }

  /** Close everything, because no child was started. */
  close(): void {
    this.#closeTheirs();
    this.#pair?.close();
    for (const end of Object.values(this.#ours)) {
      // A promise comes from the socket pair, which has closed that end.
      if (!(end instanceof Promise)) end.destroy();
    }
  }

  #closeTheirs(): void {
    for (const fd of this.#theirs) builtin("fs").closeSync(fd);
    this.#theirs.length = 0;
    this.#pair?.onHandedOver();
  }

  #makePair(): void {
    this.#pair = socketPair();
    this.#entries[1] = this.#entries[2] = this.#pair.theirs;
    this.#ours.stdout = this.#ready = this.#pair.ours;
  }

  #makeOsPipes(): void {
    const isPipe = (index: number) => this.#entries[index] === "pipe";
    const wanted = [0, 1, 2].filter((index) => isPipe(index) && !(index === 2 && this.#isMerged));
    if (wanted.length === 0) return;
    const { pipes, released } = makeOsPipes(wanted.length);
    const { Socket } = builtin("net");
    this.#ready = released;
    wanted.forEach((index, at) => {
      const { read, write } = pipes[at] as OsPipe;
      const [ours, theirs] = index === 0 ? [write, read] : [read, write];
      this.#theirs.push(theirs);
      this.#entries[index] = theirs;
      const name = (["stdin", "stdout", "stderr"] as const)[index as 0 | 1 | 2];
      this.#ours[name] = new Socket({ fd: ours, readable: index !== 0, writable: index === 0 });
    });
    if (this.#isMerged) this.#entries[2] = this.#entries[1] ?? "ignore";
  }
}

// Windows cannot pass one pipe to a child twice. So two pipes are merged as data arrives, which is the
// order of writing only if the child pauses between writes.
function inOrderOfArrival(stdout: Readable, stderr: Readable): Readable {
  const merged = new (builtin("stream").PassThrough)();
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
