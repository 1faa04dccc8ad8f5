import { writeSync } from "node:fs";
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

/** Whether a process is there, as a zombie too. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
