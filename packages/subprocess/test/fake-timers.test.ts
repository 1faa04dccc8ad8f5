import {
  CancelledError,
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  openPipe,
} from "@aio/subprocess";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// Installed after the import, as in a program's tests. They run nothing.
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "setImmediate", "queueMicrotask", "Date"],
  });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";

describe("With fake timers installed", () => {
  test.each([
    ["a pipe", {}],
    ["operating system pipes", { pipes: "os" }],
    ["a merged pipe", { stderr: STDOUT }],
  ] as const)("a process is fed and read over %s", async (_, options) => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE, ...options });
    cat.stdin.write("hello\n");
    await cat.stdin.drain();
    expect(String(await cat.stdout.readline())).toBe("hello\n");
    expect(String((await cat.communicate("bye"))[0])).toBe("bye");
    expect(await cat.wait()).toBe(0);
  });

  test("the disposal of a process kills it after graceMs", async () => {
    const shell = await createSubprocessShell(deaf, { stdout: PIPE, graceMs: 20 });
    await shell.stdout.readline();
    await shell[Symbol.asyncDispose]();
    expect(shell.returncode).toBe(-9);
  });

  test.each([false, true])(
    "an abort kills it after graceMs, with killTree: %s",
    async (killTree) => {
      const controller = new AbortController();
      const { signal } = controller;
      const line = `sh -c "${deaf}" & wait; wait; ${deaf}`;
      const shell = await createSubprocessShell(killTree ? line : deaf, {
        stdout: PIPE,
        graceMs: 20,
        killTree,
        signal,
      });
      await shell.stdout.readline();
      const end = shell.wait();
      controller.abort();
      await expect(end).rejects.toThrow(CancelledError);
      // The end of the input, although another process may hold the pipe.
      await shell.stdout.read();
      expect(shell.returncode).not.toBe(null);
    },
  );

  test("AbortSignal.timeout() ends a wait, and the process runs on", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const signal = AbortSignal.timeout(20);
    await expect(cat.wait({ signal })).rejects.toHaveProperty("name", "TimeoutError");
    await cat.communicate();
  });

  test("standard input is closed at the end of a block", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const disposal = cat.stdin[Symbol.asyncDispose]();
    // It has a real timer for its bound.
    expect(vi.getTimerCount()).toBe(0);
    await disposal;
    expect(await cat.wait()).toBe(0);
  });

  test("a pipe from openPipe() carries the output of one process to another", async () => {
    const { read, write } = await openPipe();
    const echo = await createSubprocessExec("echo", ["hello"], { stdout: write });
    write.close();
    const cat = await createSubprocessExec("cat", [], { stdin: read, stdout: PIPE });
    read.close();
    expect(String((await cat.communicate())[0])).toBe("hello\n");
    await echo.wait();
  });
});
