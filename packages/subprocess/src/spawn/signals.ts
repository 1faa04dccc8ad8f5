import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { ProcessLookupError, invalidArgumentType, outOfRange } from "@aio/errors";
import { signalTree } from "./process-tree.ts";

const named: ReadonlySet<number> = new Set(Object.values(constants.signals));

/** Whom a signal reaches: the child alone, all of its process group, or the tree of processes below. */
export type Reach = "child" | "group" | "tree";

/** Send a signal to a child that has not been reaped, and to whom it may concern besides. */
export function sendSignal(
  child: ChildProcess,
  reach: Reach,
  signal: NodeJS.Signals | number,
): void {
  const number = numberOf(signal);
  const pid = child.pid ?? 0;
  if (reach === "child" || number === 0) signalChild(child, pid, number);
  else if (process.platform === "win32") endTreeOnWindows(child, pid);
  else if (reach === "group") asLookupError(pid, () => process.kill(-pid, number));
  else signalTree(pid, number);
}

/**
 * Kill what is left of a group whose leader has ended and been reaped.
 *
 * The group keeps its number from being given to another process, but only as long as it has members.
 * So a process that now has that number is a stranger, and so may be the group: it is left alone.
 */
export function killOrphans(leader: number): void {
  if (process.platform === "win32" || isThere(leader)) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // No member is left, or none that we may signal.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function numberOf(signal: NodeJS.Signals | number): number {
  if (typeof signal === "number") {
    if (Number.isInteger(signal) && signal >= 0 && signal <= 64) return signal;
    throw outOfRange("signal", "a signal's number", signal);
  }
  const number: number | undefined = Object.hasOwn(constants.signals, signal)
    ? constants.signals[signal]
    : undefined;
  if (number === undefined)
    throw invalidArgumentType("signal", "a signal's name or number", signal);
  return number;
}

function signalChild(child: ChildProcess, pid: number, signal: number): void {
  // Real-time signals are not to be had through the handle. It knows of no end yet, so the number
  // still is the child's.
  if (signal !== 0 && !named.has(signal)) {
    asLookupError(pid, () => process.kill(pid, signal));
    return;
  }
  // Node tells of a failure (EPERM, for a child that changed its user) by an event, in this call.
  let failure: Error | undefined;
  const onError = (error: Error) => (failure = error);
  child.once("error", onError);
  child.kill(signal);
  child.off("error", onError);
  if (failure !== undefined) throw failure;
}

// Nothing but taskkill ends a tree there, and nothing but an end can be sent.
function endTreeOnWindows(child: ChildProcess, pid: number): void {
  spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true })
    .once("error", () => child.kill())
    .unref();
}

function asLookupError(pid: number, send: () => void): void {
  try {
    send();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    throw new ProcessLookupError(`Cannot signal process ${pid}: it is gone`, { cause: error });
  }
}
