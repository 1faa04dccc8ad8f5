import { getEventListeners } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelledError,
  PIPE,
  STDOUT,
  TimeoutError,
  createSubprocessExec,
  createSubprocessShell,
  setDebug,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("createSubprocessExec({ signal })", () => {
  test.runIf(process.getuid?.() === 0)(
    "starts nothing if the signal aborts right after the user was looked up",
    async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const stop: typeof signal.removeEventListener = signal.removeEventListener.bind(signal);
      let stopped = 0;
      signal.removeEventListener = (...args: Parameters<typeof stop>) => {
        stop(...args);
        // First by the check at the call, then by the lookup.
        if ((stopped += 1) === 2) controller.abort();
      };
      const creation = createSubprocessExec("./missing", [], { user: "root", signal });
      await expect(creation).rejects.toThrow(CancelledError);
      expect(stopped).toBe(2);
    },
  );

  test("starts nothing if the signal has already aborted", async () => {
    const signal = AbortSignal.abort("early");
    const creation = createSubprocessExec("no-such-program", [], { signal });
    await expect(creation).rejects.toThrow(CancelledError);
    await expect(creation).rejects.toMatchObject({ cause: "early" });
    await expect(createSubprocessShell("true", { signal })).rejects.toThrow(CancelledError);
  });

  // test_subprocess.SubprocessMixin.test_cancel_make_subprocess_transport_exec
  // test_subprocess.SubprocessMixin.test_cancel_post_init
  test.each([
    ["while the process starts", {}],
    ["while its merged pipe is created", { stdout: PIPE, stderr: STDOUT }],
    ["while its operating system pipes are created", { stdout: PIPE, stdin: PIPE, pipes: "os" }],
    ["while its user is looked up", { user: "root" }],
  ] as const)("rejects once the process is gone if the signal aborts %s", async (_, options) => {
    const controller = new AbortController();
    const marker = `${3600 + Math.random()}`;
    const creation = createSubprocessExec("sleep", [marker], options);
    const created = createSubprocessExec("sleep", [marker], {
      ...options,
      signal: controller.signal,
    });
    controller.abort("late");
    await expect(created).rejects.toMatchObject({ name: "AbortError", cause: "late" });
    expect(listeners(controller.signal)).toBe(0);
    const other = await creation;
    const pgrep = await createSubprocessExec("pgrep", ["-f", marker], { stdout: PIPE });
    expect(String((await pgrep.communicate())[0])).toBe(`${other.pid}\n`);
    await other[Symbol.asyncDispose]();
  });

  test("ends the started process if the signal aborts before the pipe is connected", async () => {
    const marker = `sleep 360${process.pid}`;
    const controller = new AbortController();
    const options = { stdout: PIPE, stderr: STDOUT, signal: controller.signal } as const;
    const creation = createSubprocessShell(`exec ${marker}`, options);
    controller.abort();
    await expect(creation).rejects.toThrow(CancelledError);
    const pgrep = await createSubprocessExec("pgrep", ["-f", marker], { stdout: PIPE });
    expect(String((await pgrep.communicate())[0])).toBe("");
  });

  test("starts nothing if the signal aborts during a user lookup", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const options = { user: "root", signal };
    const creation = createSubprocessExec("no-such-program", [], options);
    controller.abort();
    // A start would have failed with ENOENT.
    await expect(creation).rejects.toThrow(CancelledError);
  });

  test("rejects as soon as the signal aborts, however slow a user lookup is", async () => {
    const directory = await mkdtemp(join(tmpdir(), "aio-test-"));
    const getent = join(directory, "getent");
    await writeFile(getent, "#!/bin/sh\nexec sleep 3600\n");
    await chmod(getent, 0o755);
    const { PATH } = process.env;
    process.env["PATH"] = `${directory}:${PATH}`;
    try {
      const controller = new AbortController();
      const { signal } = controller;
      const options = { user: "no-such-user", signal };
      const creation = createSubprocessExec("true", [], options);
      const inShell = createSubprocessShell("true", { group: "no-such-group", signal });
      controller.abort("late");
      const failure = expect.objectContaining({ name: "AbortError", cause: "late" });
      await expect(creation).rejects.toThrow(failure);
      await expect(inShell).rejects.toThrow(failure);
      expect(listeners(signal)).toBe(0);
    } finally {
      process.env["PATH"] = PATH;
      await rm(directory, { recursive: true });
    }
  });

  test("ends the process, and rejects wait() and communicate() once it is gone", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const sleep = await createSubprocessExec("sleep", ["3600"], { signal, stdout: PIPE });
    const wait = sleep.wait();
    const communicate = sleep.communicate();
    controller.abort("enough");
    expect(sleep.returncode).toBeNull();
    await expect(wait).rejects.toMatchObject({ name: "AbortError", cause: "enough" });
    expect(sleep.returncode).toBe(-15);
    expect(isAlive(sleep.pid)).toBe(false);
    await expect(communicate).rejects.toThrow(CancelledError);
    await expect(sleep.wait()).rejects.toThrow(CancelledError);
    await expect(sleep.communicate()).rejects.toThrow(CancelledError);
    expect(listeners(signal)).toBe(0);
    await sleep[Symbol.asyncDispose]();
  });

  test("kills a process that ignores SIGTERM after graceMs", async () => {
    const controller = new AbortController();
    const script = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
    const options = { signal: controller.signal, stdout: PIPE, graceMs: 50 } as const;
    const shell = await createSubprocessShell(script, options);
    await shell.stdout.readline();
    controller.abort();
    await expect(shell.wait()).rejects.toThrow(CancelledError);
    expect(shell.returncode).toBe(-9);
  });

  test("does not wait for a pipe that another process holds", async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, stdout: PIPE } as const;
    const shell = await createSubprocessShell("sleep 3600 & echo $!; wait", options);
    const child = Number(await shell.stdout.readline());
    const communicate = shell.communicate();
    controller.abort();
    await expect(communicate).rejects.toThrow(CancelledError);
    expect(isAlive(child)).toBe(true);
    process.kill(child);
    await shell[Symbol.asyncDispose]();
  });

  test("rejects with TimeoutError if the signal timed out", async () => {
    const signal = AbortSignal.timeout(20);
    const sleep = await createSubprocessExec("sleep", ["3600"], { signal });
    await expect(sleep.wait()).rejects.toThrow(TimeoutError);
  });

  test("has no effect once the process has ended, and leaves no listener on the signal", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const process = await createSubprocessExec("true", [], { signal });
    expect(listeners(signal)).toBe(1);
    expect(await process.wait({ signal })).toBe(0);
    expect(listeners(signal)).toBe(0);
    controller.abort();
    expect(await process.wait()).toBe(0);
  });

  test("leaves no listener on the signal if the process cannot be started", async () => {
    const { signal } = new AbortController();
    await expect(createSubprocessExec("/no/such", [], { signal })).rejects.toThrow("ENOENT");
    expect(listeners(signal)).toBe(0);
  });

  test("refuses a value that is not a signal", async () => {
    await expect(createSubprocessExec("true", [], { signal: {} as never })).rejects.toThrow(
      TypeError,
    );
  });
});

describe("setDebug()", () => {
  test("gives the error of an aborted wait the stack of the call that waited", async () => {
    await using sleep = await createSubprocessExec("sleep", ["3600"]);
    const controller = new AbortController();
    setDebug(true);
    try {
      const awaitEnd = () => sleep.wait(controller);
      const wait = awaitEnd();
      controller.abort();
      await expect(wait).rejects.toMatchObject({ stack: expect.stringContaining("awaitEnd") });
    } finally {
      setDebug(false);
    }
  });
});
