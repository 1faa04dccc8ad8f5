import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { afterAll, expect, vi } from "vitest";

// Set up for each test file. After its tests, this process must have no child (not even a zombie), open
// pipe, socket, file, socket name or temporary file left, and no other process may hold its output.

function descriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [`descriptor ${fd}: ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      // The descriptor that readdirSync() used has been closed.
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

function linkOf(pid: string, fd: number): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    // The process is gone, or does not have this descriptor.
    return "";
  }
}

// Vitest waits for the end of a worker's output, however long it takes. So a process that outlives its
// test and inherited the output would hang the whole run. Only a socket has another name at Vitest's end.
const outputs = new Set(
  [1, 2].map((fd) => linkOf("self", fd)).filter((output) => output.startsWith("socket:")),
);

function holdersOfOutput(): string[] {
  const holds = (pid: string) => [1, 2].some((fd) => outputs.has(linkOf(pid, fd)));
  return readdirSync("/proc").filter(
    (pid) => /^\d+$/.test(pid) && pid !== `${process.pid}` && holds(pid),
  );
}

if (process.platform === "linux" && isMainThread) {
  // Deno opens two sockets of its own, and keeps them, when it first listens for a signal.
  if ("Deno" in globalThis) process.on("SIGUSR2", () => {});
  const before = new Set([...children(), ...descriptors()]);
  // One per test file: other programs create and remove files in the shared directory.
  const directory = mkdtempSync(join(tmpdir(), "subprocess-test-"));
  process.env["TMPDIR"] = directory;
  const names = new RegExp(`@aio-${process.pid}-.*`, "g");
  const left = () => [
    ...[...children(), ...descriptors()].filter((each) => !before.has(each)),
    ...holdersOfOutput().map((pid) => `process ${pid} with this process's output`),
    ...(readFileSync("/proc/net/unix", "latin1").match(names) ?? []),
    ...readdirSync(directory),
  ];
  afterAll(async () => {
    try {
      await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 10_000 });
    } finally {
      rmSync(directory, { recursive: true });
      for (const pid of holdersOfOutput()) process.kill(Number(pid), "SIGKILL");
    }
  }, 15_000);
}
