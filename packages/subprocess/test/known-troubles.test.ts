import {
  CancelledError,
  DEVNULL,
  PIPE,
  STDOUT,
  TimeoutError,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { closedGate, isRunning } from "./gate.ts";
import { runProgram } from "./program.ts";

// Known issues of Node and of similar libraries, with their numbers. Where another test file covers the
// feature, the number stands above the test there.

describe("tinylibs/tinyexec#138: a grandchild that holds stdout", () => {
  test("delays neither wait() nor await using, and communicate() can be aborted", async () => {
    const shell = await createSubprocessShell("sleep 3600 & echo $!", { stdout: PIPE });
    const grandchild = Number(await shell.stdout.readline());
    expect(await shell.wait()).toBe(0);
    const left = shell.communicate(null, { signal: AbortSignal.timeout(20) });
    await expect(left).rejects.toThrow(TimeoutError);
    await shell[Symbol.asyncDispose]();
    expect(isRunning(grandchild)).toBe(true);
    process.kill(grandchild);
  });
});

describe("sindresorhus/execa#474: an EPIPE without a listener", () => {
  test("does not crash the parent", async () => {
    const { stdout, stderr, returncode } = await runProgram(`
      import { PIPE, createSubprocessExec } from "@aio/subprocess";
      const process = await createSubprocessExec("true", [], { stdin: PIPE });
      process.stdin.write(Buffer.alloc(5_000_000));
      await process.wait();
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log("alive");
    `);
    expect({ stdout, stderr, returncode }).toEqual({
      stdout: "alive\n",
      stderr: "",
      returncode: 0,
    });
  });
});

describe("nodejs/node#7184: output written just before the exit", () => {
  test("is not lost, however late it is read", async () => {
    const script = "head -c 65536 /dev/zero; head -c 65536 /dev/zero >&2";
    const shell = await createSubprocessShell(script, { stdout: PIPE, stderr: PIPE });
    await shell.wait();
    await (await createSubprocessExec("sleep", ["0.05"])).wait();
    expect((await shell.stdout.read()).length + (await shell.stderr.read()).length).toBe(131_072);
  });
});

describe("Output of 512 MiB", () => {
  test("is neither truncated nor refused", async () => {
    const head = await createSubprocessExec("head", ["-c", `${512 << 20}`, "/dev/zero"], {
      stdout: PIPE,
    });
    const [stdout] = await head.communicate();
    expect(stdout.length).toBe(512 << 20);
    expect(head.returncode).toBe(0);
  }, 30_000);
});

describe("nodejs/node#26516: merged output", () => {
  test("keeps its order at full speed", async () => {
    const script =
      "i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); echo $i >&2; i=$((i+1)); done";
    const shell = await createSubprocessShell(script, { stdout: PIPE, stderr: STDOUT });
    const [stdout] = await shell.communicate();
    expect(String(stdout)).toBe(Array.from({ length: 2000 }, (_, i) => `${i}\n`).join(""));
  });
});

describe("tinylibs/tinyexec#144: death by a signal", () => {
  test("is not reported as success: the return code is negative, or above 128 through a shell", async () => {
    const direct = await createSubprocessExec("sh", ["-c", "kill -TERM $$"]);
    expect(await direct.wait()).toBe(-15);
    // A shell says "Terminated".
    const options = { stderr: DEVNULL } as const;
    const inShell = await createSubprocessShell("sh -c 'kill -TERM $$'; exit $?", options);
    expect(await inShell.wait()).toBe(143);
  });
});

describe("An abort of a child that ignores SIGTERM", () => {
  test("kills the child", async () => {
    const controller = new AbortController();
    const script = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
    const options = { stdout: PIPE, signal: controller.signal, graceMs: 20 } as const;
    const shell = await createSubprocessShell(script, options);
    await shell.stdout.readline();
    const communicate = shell.communicate();
    controller.abort();
    await expect(communicate).rejects.toThrow(CancelledError);
    expect(shell.returncode).toBe(-9);
  });
});

describe("A child that ignores 5 MB of input", () => {
  test("does not make communicate() fail", async () => {
    using gate = await closedGate();
    const script = `exec 0<&-; read <&${gate.fd}; echo done; exit 3`;
    const options = { stdin: PIPE, stdout: PIPE, passFds: [gate.fd] } as const;
    const bash = await createSubprocessExec("bash", ["-c", script], options);
    const communicate = bash.communicate("x".repeat(5_000_000));
    gate.open();
    expect(String((await communicate)[0])).toBe("done\n");
    expect(bash.returncode).toBe(3);
  });
});

// excused test_subprocess.MultiLoopChildWatcherTests.test_warns: there are no child watchers
// excused test_subprocess.GenericWatcherTests.test_create_subprocess_fails_with_inactive_watcher: as above
// excused test_subprocess.GenericWatcherTests.test_create_subprocess_with_pidfd: as above
