import type { ChildProcess } from "node:child_process";
import { builtin } from "../platform.ts";
import { Reserve, pipeError } from "./reserve.ts";

// Node does not have pipe(), but a shell makes one for each `|`. So each call starts a shell,
//
//     read <&3 ──pipe 1──▶ read <&3 ──pipe 2──▶ :          3: a socket to this process
//
// and while each `read` waits, opens the pipe that is its standard output through /proc, once for
// each end: opening a pipe there creates a new reading or writing end. Closing the socket then ends
// every process of the shell. No process is kept, so none can be killed, belong to another user
// after setuid(), or outlive a worker thread. (Here-documents would need only the shell, but bash
// 5.2 uses /dev/null for an empty one, and bash 4 a file.)
//
// This process blocks until the shell has made the pipes, about as long as starting one more process
// takes. In return, the child starts within the call that creates it.
const shell = "/bin/sh";
// A pause is short against the start of a shell. All of them together are 10 s or more: only a machine
// that is far too busy takes so long. They are counted, because tests may fake every clock.
const pauseMs = 0.1;
const mostPauses = 100_000;

/** The two descriptors of a pipe. The caller closes each of them. */
export interface OsPipe {
  readonly read: number;
  readonly write: number;
}

/** Pipes, and a promise that resolves when no other process holds an end of them. */
export interface OsPipes {
  readonly pipes: readonly OsPipe[];
  readonly released: Promise<void>;
}

/** Whether this platform can make operating system pipes and pass them to a child. */
export function hasOsPipes(): boolean {
  const { bun, deno } = process.versions as Partial<Record<string, string>>;
  return process.platform === "linux" && bun === undefined && deno === undefined;
}

/**
 * Make pipes.
 *
 * @throws {Error} If descriptors or processes have run out, with the system's code; or if `/proc` or
 * `/bin/sh` is not accessible.
 */
export function makeOsPipes(count: number): OsPipes {
  const { closeSync, openSync } = builtin("fs");
  const helper = startShell(count);
  const pipes: OsPipe[] = [];
  try {
    for (const holder of holdersIn(helper, count)) {
      const read = openSync(holder, "r");
      try {
        pipes.push({ read, write: openSync(holder, "w") });
      } catch (error) {
        closeSync(read);
        throw error;
      }
    }
  } catch (error) {
    for (const { read, write } of pipes) {
      closeSync(read);
      closeSync(write);
    }
    throw pipeError(error as Error);
  } finally {
    helper.stdin?.destroy();
  }
  return { pipes, released: new Promise((resolve) => helper.once("exit", () => resolve())) };
}

function startShell(count: number): ChildProcess {
  // For both ends of its standard input, and what Node needs while it starts a process.
  new Reserve(5).release();
  const script = `exec 3<&0; ${"read -r _ <&3 | ".repeat(count)}:`;
  const { spawn, spawnSync } = builtin("child_process");
  const helper = spawn(shell, ["-c", script], {
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
    // Ctrl-C in the terminal must not reach the shell.
    detached: true,
  });
  helper.on("error", () => {});
  helper.stdin?.on("error", () => {});
  if (helper.pid !== undefined) return helper;
  for (const stream of helper.stdio ?? []) stream?.destroy();
  // Node reports the reason in an event, which is too late. Trying once more returns it.
  const { error } = spawnSync(shell, ["-c", ":"], { stdio: "ignore", cwd: "/" });
  throw pipeError(error ?? new Error(`${shell} cannot be started`));
}

/** Wait until the pipes are there, and return the paths of their ends. */
function holdersIn({ pid = 0 }: ChildProcess, count: number): string[] {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let pauses = 0; pauses < mostPauses; pauses++) {
    const children = builtin("fs")
      .readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1")
      .split(" ");
    // Some shells run part of a pipeline themselves, so check the shell itself, too.
    const holders = [String(pid), ...children]
      .map((holder) => `/proc/${holder}/fd/1`)
      .filter(isPipe);
    if (holders.length === count) return holders;
    if (hasEnded(pid)) break;
    Atomics.wait(pause, 0, 0, pauseMs);
  }
  throw new Error(`${shell} did not create it`);
}

function isPipe(path: string): boolean {
  try {
    return builtin("fs").readlinkSync(path).startsWith("pipe:");
  } catch {
    return false;
  }
}

// The shell stays a zombie until this call returns, so its pid cannot have been reused.
function hasEnded(pid: number): boolean {
  const stat = builtin("fs").readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.charAt(stat.lastIndexOf(")") + 2) === "Z";
}
