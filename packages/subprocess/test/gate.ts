import { readFileSync, writeSync } from "node:fs";
import { openPipe } from "@aio/subprocess";

/** Holds a child at a point in its script until the test opens the gate. */
export interface Gate extends Disposable {
  /** The descriptor to list in `passFds`. In `bash`, `read <&${fd}` waits at the gate. */
  readonly fd: number;
  open(): void;
}

export async function closedGate(): Promise<Gate> {
  const { read, write } = await openPipe();
  return {
    fd: read.fd,
    open: () => writeSync(write.fd, "\n"),
    [Symbol.dispose]() {
      read.close();
      write.close();
    },
  };
}

/** The state letter of a process in /proc, or "" if it is gone. */
export function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

/** Whether a process runs. An orphan that has ended can remain a zombie until init reaps it. */
export function isRunning(pid: number): boolean {
  return !["", "Z"].includes(stateOf(pid));
}
