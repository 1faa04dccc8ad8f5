import type { ChildProcess } from "node:child_process";
import { checkedInteger, invalidArgumentType } from "@aio/errors";
import { builtin } from "../platform.ts";

/** What signals reach: the child alone, its process group, or the tree of processes below it. */
export type Reach = "child" | "group" | "tree";

// A session outlives its leader and keeps its number: the system reuses the number only when the
// session is empty. A descendant may have moved to another process group of it, as the commands of
// `set -m` and of `timeout` do. On Linux, /proc lists these; elsewhere, or where /proc cannot be read,
// signals reach only the leader's group.
//
// A tree falls apart when its root ends, because init adopts the orphans. So a walk remembers the
// processes that it found, with their start times, which distinguish them from later processes with
// the same pid. A walk stops each process before it looks for its children, since a running process
// could fork meanwhile. It repeats until a round finds nothing new.
//
// Reading /proc fails if no descriptor is left, or if --permission denies it. The child and its group
// get the signal nevertheless, and so do the processes that the walk has reached. Those that only an
// earlier walk found do not, since their pids may have been reused; they count as running.

/** The processes that receive a child's signals. */
export class Targets {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #reach: Reach;
  readonly #found = new Map<number, string>();

  constructor(child: ChildProcess, reach: Reach) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.#reach = reach;
  }

  /**
   * Send a signal to the child, which has not been reaped, and to the other targets.
   *
   * @throws {Error} If this process may not signal the child: `code` is `EPERM`. Also if /proc cannot
   * be read to walk the tree; the child has its signal then.
   */
  send(signal: NodeJS.Signals | number): void {
    const number = numberOf(signal);
    const reach = number === 0 ? "child" : this.#reach;
    if (reach === "child") signalChild(this.#child, this.pid, number);
    else if (process.platform === "win32") endTreeOnWindows(this.#child, this.pid);
    else if (reach === "tree") this.#signalTree(number, true);
    else {
      this.#signalSession(number);
      // The group's answer does not tell whether the child was signaled: any other member suffices, and
      // macOS refuses (EPERM) if all of them are zombies.
      signalChild(this.#child, this.pid, 0);
    }
  }

  /** Whether any target still runs, after the child itself was reaped. */
  hasSurvivors(): boolean {
    if (this.#reach === "child") return false;
    // A process that has a leader's pid is a new one, and the session may be its own.
    if (this.#reach === "group" && isThere(this.pid)) return false;
    try {
      // Zombies stay in their group until init reaps them, which may take long.
      return this.#listed().some(({ state }) => !/[XZ]/.test(state));
    } catch {
      // On Windows, where no pid is negative, nothing is known to survive.
      return [-this.pid, ...this.#found.keys()].some(isThere);
    }
  }

  /** Send a signal to the targets that outlived the child. */
  sendToSurvivors(signal: NodeJS.Signals): void {
    const number = signals()[signal];
    if (this.#reach === "tree") this.#signalTree(number, false);
    else if (this.hasSurvivors()) this.#signalSession(number);
  }

  // A whole group at a time, so that none of its processes escapes by forking.
  #signalSession(signal: number): void {
    kill(-this.pid, signal);
    try {
      const groups = new Set(this.#listed().map(({ group }) => group));
      for (const group of groups) if (group !== this.pid) kill(-group, signal);
    } catch {
      // There is no list: the leader's group is all that is known.
    }
  }

  /**
   * The targets listed in /proc: the members of the session; or what to add to a walk, its roots at
   * first, and then the children of those found.
   */
  #listed(walk: ReadonlySet<number> = new Set(), withChild = false): Stat[] {
    return processes().filter(({ pid, parent, session, start }) => {
      if (this.#reach === "group") return session === this.pid;
      if (walk.has(pid)) return false;
      return walk.has(parent) || this.#found.get(pid) === start || (withChild && pid === this.pid);
    });
  }

  // Signals parents before their children, but the child itself last, through its handle, which
  // reports EPERM. Outside Linux, only the child is known.
  #signalTree(signal: number, withChild: boolean): void {
    const { SIGCONT, SIGSTOP, SIGTSTP, SIGTTOU } = signals();
    const walk = new Set<number>();
    const stopped: number[] = [];
    const resume = () => {
      for (const pid of stopped.splice(0)) kill(pid, SIGCONT);
    };
    try {
      try {
        let round: Stat[];
        while (process.platform === "linux" && (round = this.#listed(walk, withChild)).length > 0) {
          for (const { pid, state, start } of round) {
            walk.add(pid);
            if (pid !== this.pid) this.#found.set(pid, start);
            // One that was stopped before stays so.
            if (state === "T") continue;
            kill(pid, SIGSTOP);
            if (signal !== SIGSTOP) stopped.push(pid);
          }
        }
      } finally {
        // SIGCONT would discard SIGTSTP, SIGTTIN and SIGTTOU, which are consecutive on Linux.
        if (signal >= SIGTSTP && signal <= SIGTTOU) resume();
        for (const pid of walk) if (pid !== this.pid) kill(pid, signal);
        if (withChild) signalChild(this.#child, this.pid, signal);
      }
    } finally {
      // After the signal, so that no process forks before it has it.
      resume();
    }
  }
}

function signals(): Readonly<Record<NodeJS.Signals, number>> {
  return builtin("os").constants.signals;
}

function numberOf(signal: NodeJS.Signals | number): number {
  if (typeof signal === "number") return checkedInteger("signal", signal, 0, 64);
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
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It has ended, which Node reports later.
      if (codeOf(error) !== "ESRCH") throw error;
    }
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

function kill(pid: number, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Macs have no real-time signals. Otherwise the process has ended, or runs as another user:
    // continue with the others.
    if (codeOf(error) === "EINVAL") throw error;
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

interface Stat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly start: string;
}

/** All processes. Throws if there is no such list, or it cannot be read. */
function processes(): Stat[] {
  if (process.platform !== "linux") throw new Error();
  const { readFileSync, readdirSync } = builtin("fs");
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    let text: string;
    try {
      text = readFileSync(`/proc/${name}/stat`, "latin1");
    } catch (error) {
      if (/FILE|DENIED/.test(codeOf(error))) throw error;
      // It has ended, or a mount with hidepid hides it.
      return [];
    }
    // "pid (name) state ppid pgrp session ...", and the name can contain anything, parentheses included.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ", 20);
    const [state = "", parent, group, session] = fields;
    return {
      pid,
      state,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      start: fields[19] ?? "",
    };
  });
}
