import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { afterAll, expect, vi } from "vitest";

// Runs in front of each file of tests. Once they are done, nothing of theirs may be left in this
// process: no child, a zombie least of all, no open pipe, socket or file, and no name.

function descriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [`descriptor ${fd}: ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      // The one that lists the others.
      return [];
    }
  });
}

function children(): string[] {
  return readdirSync("/proc/self/task").flatMap((thread) => {
    const pids = readFileSync(`/proc/self/task/${thread}/children`, "latin1");
    return pids.split(" ").flatMap((pid) => (pid === "" ? [] : [`child ${pid}`]));
  });
}

if (process.platform === "linux" && isMainThread) {
  const before = new Set([...children(), ...descriptors()]);
  // For this file alone: other programs make and remove their own files in the common one.
  const directory = mkdtempSync(join(tmpdir(), "subprocess-test-"));
  process.env["TMPDIR"] = directory;
  const names = new RegExp(`@aio-${process.pid}-.*`, "g");
  const left = () => [
    ...[...children(), ...descriptors()].filter((each) => !before.has(each)),
    ...(readFileSync("/proc/net/unix", "latin1").match(names) ?? []),
    ...readdirSync(directory),
  ];
  afterAll(async () => {
    try {
      await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 10_000 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 15_000);
}
