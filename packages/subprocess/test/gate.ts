import { readFileSync, writeSync } from "node:fs";
import { openPipe } from "@aio/subprocess";

/** Holds a child at a certain place in its script until the test lets it go on. */
export interface Gate extends Disposable {
  /** What the child is to get by `passFds`. In `bash`, `read <&${fd}` waits there. */
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

/** The letter that the system has for what a process does, "" if there is none. */
export function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

/** Whether a process runs. An orphan that has ended may wait for init to notice, for long. */
export function isRunning(pid: number): boolean {
  return !["", "Z"].includes(stateOf(pid));
}
