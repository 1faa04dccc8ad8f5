import type { ChildProcess } from "node:child_process";
import { ProcessLookupError, invalidArgumentType, outOfRange } from "@aio/errors";
import { builtin } from "../platform.ts";

/** What signals reach: the child alone, its process group, or the tree of processes below it. */
export type Reach = "child" | "group" | "tree";

// A process group outlives its leader and keeps its number: the system reuses the number only when
// the group is empty. A tree falls apart when its root ends, because init adopts the orphans. So a
// walk remembers the processes that it found, with their start times, which distinguish them from
// later processes with the same pid. Walks work on Linux only: they read /proc.
//
// A walk stops each process before it looks for its children, since a running process could fork
// meanwhile. It repeats until a round finds nothing new.

/** The processes that receive a child's signals. */
export class Targets {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #reach: Reach;
  readonly #found = new Map<number, string>();

  constructor(child: ChildProcess, reach: Reach) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.#reach = process.platform === "win32" && reach === "tree" ? "group" : reach;
  }

  /**
   * Send a signal to the child, which has not been reaped, and to the other targets.
   *
   * @throws {ProcessLookupError} If the child is gone.
   * @throws {Error} If this process may not signal the child: `code` is `EPERM`.
   */
  send(signal: NodeJS.Signals | number): void {
    const number = numberOf(signal);
    if (number !== 0 && this.#reach !== "child" && process.platform === "win32") {
      endTreeOnWindows(this.#child, this.pid);
      return;
    }
    if (number !== 0 && this.#reach === "group") {
      asLookupError(this.pid, () => process.kill(-this.pid, number));
      // kill() succeeds if it reached any member of the group, even if it may not signal the child.
      signalChild(this.#child, this.pid, 0);
    } else if (number !== 0 && this.#reach === "tree") {
      this.#signalTree([this.pid, ...this.#survivors()], number);
    } else {
      signalChild(this.#child, this.pid, number);
    }
  }

  /** Whether any target still runs, after the child itself was reaped. */
  hasSurvivors(): boolean {
    if (this.#reach === "tree") return this.#survivors().length > 0;
    return this.#reach === "group" && hasMembers(this.pid);
  }

  /** Send a signal to the targets that outlived the child. */
  sendToSurvivors(signal: NodeJS.Signals): void {
    const number = signals()[signal];
    if (this.#reach === "tree") this.#signalTree(this.#survivors(), number);
    else if (this.hasSurvivors()) kill(-this.pid, number);
  }

  #survivors(): number[] {
    const isSame = ([pid, start]: [number, string]) => {
      const stat = statOf(pid);
      return stat?.start === start && stat.isRunning;
    };
    return [...this.#found].filter(isSame).map(([pid]) => pid);
  }

  // Signals parents before their children, but the child itself last, through its handle, which
  // reports EPERM.
  #signalTree(roots: readonly number[], signal: number): void {
    const { SIGCONT, SIGSTOP } = signals();
    const found = new Set<number>();
    let round: readonly number[] = roots;
    while (round.length > 0) {
      for (const pid of round) {
        found.add(pid);
        if (pid !== this.pid) this.#found.set(pid, statOf(pid)?.start ?? "");
        kill(pid, SIGSTOP);
      }
      round = childrenOf(found);
    }
    try {
      for (const pid of found) {
        if (pid !== this.pid) kill(pid, signal);
      }
      if (found.has(this.pid)) signalChild(this.#child, this.pid, signal);
    } finally {
      // Continue the processes that were stopped for the walk, so that they handle the signal.
      if (signal !== SIGSTOP) {
        for (const pid of found) kill(pid, SIGCONT);
      }
    }
  }
}

function signals(): Readonly<Record<NodeJS.Signals, number>> {
  return builtin("os").constants.signals;
}

function numberOf(signal: NodeJS.Signals | number): number {
  if (typeof signal === "number") {
    if (Number.isInteger(signal) && signal >= 0 && signal <= 64) return signal;
    throw outOfRange("signal", "an integer from 0 to 64", signal);
  }
  const number: number | undefined = signals()[signal];
  if (typeof number !== "number") {
    throw invalidArgumentType("signal", "the name or number of a signal", signal);
  }
  return number;
}

function signalChild(child: ChildProcess, pid: number, signal: number): void {
  // Node's handle does not support real-time signals, and Deno's sends only one signal. The child
  // has not been reaped yet, so the pid is still its own.
  const isUnknown = signal !== 0 && !Object.values(signals()).includes(signal);
  if (isUnknown || process.versions["deno"] !== undefined) {
    asLookupError(pid, () => process.kill(pid, signal));
    return;
  }
  // Node reports a failure (EPERM, for a child that runs as another user) in an event during the call.
  let failure: Error | undefined;
  const onError = (error: Error) => (failure = error);
  child.once("error", onError);
  child.kill(signal);
  child.off("error", onError);
  if (failure !== undefined) throw failure;
}

// On Windows, only taskkill ends a tree, and signals do not exist.
function endTreeOnWindows(child: ChildProcess, pid: number): void {
  const { spawn } = builtin("child_process");
  spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true })
    .once("error", () => child.kill())
    .unref();
}

function asLookupError(pid: number, send: () => void): void {
  try {
    send();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    throw new ProcessLookupError(`Cannot signal process ${pid}: it has ended`, { cause: error });
  }
}

function kill(pid: number, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended, or runs as another user: continue with the others.
  }
}

/** Whether a group has running members, after its leader was reaped. */
function hasMembers(leader: number): boolean {
  // A process that has the leader's pid is a new one, and the group may be its own. Windows does not
  // have groups.
  if (process.platform === "win32" || isThere(leader) || !isThere(-leader)) return false;
  // Zombies count as members of the group until init reaps them, which may take long.
  if (process.platform !== "linux") return true;
  return pids().some((pid) => {
    const stat = statOf(pid);
    return stat?.group === leader && stat.isRunning;
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function childrenOf(parents: ReadonlySet<number>): number[] {
  return pids().filter((pid) => !parents.has(pid) && parents.has(statOf(pid)?.parent ?? 0));
}

function pids(): number[] {
  return builtin("fs").readdirSync("/proc").map(Number).filter(Number.isInteger);
}

interface Stat {
  readonly isRunning: boolean;
  readonly parent: number;
  readonly group: number;
  readonly start: string;
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = builtin("fs").readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // "pid (name) state ppid pgrp ...", and the name can contain anything, parentheses included.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ", 20);
  const [state = "", parent, group] = fields;
  return {
    isRunning: state !== "Z" && state !== "X",
    parent: Number(parent),
    group: Number(group),
    start: fields[19] ?? "",
  };
}
