import { CancelledError, PIPE, createSubprocessShell } from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";

const isRoot = process.getuid?.() === 0;

// Starts two children as root, then drops the parent's privileges.
const withoutRights = (program: string, after: string, graceMs = 50) => `
  import { DEVNULL, PIPE, createSubprocessExec } from "@aio/subprocess";
  const controller = new AbortController();
  const options = { stdin: PIPE, stdout: PIPE, stderr: DEVNULL, graceMs: ${graceMs} };
  const disposed = await createSubprocessExec(${program}, options);
  const aborted = await createSubprocessExec(${program}, { ...options, signal: controller.signal });
  process.setgroups([]);
  process.setgid(65_534);
  process.setuid(65_534);
  const outcome = (ended) => ended.then(() => "ended", ({ name, code }) => code ?? name);
  const output = disposed.stdout.read();
  const disposal = outcome(disposed[Symbol.asyncDispose]());
  controller.abort();
  console.log(await disposal, await outcome(aborted.wait()), (await output).length);
  ${after}
`;

describe.runIf(isRoot)("A process that the parent may not signal", () => {
  test("ends on end of input, since the parent closes its ends of the pipes", async () => {
    const { stdout } = await runProgram(
      withoutRights('"cat", []', "console.log(disposed.returncode, aborted.returncode);", 20_000),
    );
    expect(stdout).toBe("ended ABORT_ERR 0\n0 0\n");
  });

  test("is reported as still running after graceMs, and does not keep the parent alive", async () => {
    const { stdout } = await runProgram(
      withoutRights(
        '"sleep", ["3600"]',
        `console.log(disposed.pid, aborted.pid);
         console.log(await outcome(aborted.wait()));`,
      ),
    );
    const [outcomes, pids = "", later] = stdout.split("\n");
    // kill(0) would signal the process group of the tests.
    expect(pids).toMatch(/^\d+ \d+$/);
    for (const pid of pids.split(" ")) process.kill(Number(pid), "SIGKILL");
    expect(outcomes).toBe("EPERM EPERM 0");
    expect(later).toBe("EPERM");
  });

  test("rejects wait() with CancelledError when it ends later, and can be disposed of then", async () => {
    const { stdout } = await runProgram(
      withoutRights(
        '"sleep", ["1"]',
        `aborted.ref();
         while (aborted.returncode === null) await new Promise((resolve) => setTimeout(resolve, 5));
         console.log(await outcome(aborted.wait()), aborted.returncode);
         console.log(await outcome(disposed[Symbol.asyncDispose]()));`,
      ),
    );
    expect(stdout).toBe("EPERM EPERM 0\nABORT_ERR 0\nended\n");
  });
});

describe.runIf(isRoot)("Descendants that the parent may not signal", () => {
  test("keep being reported by wait(), although the process itself has ended", async () => {
    const { stdout } = await runProgram(`
      import { PIPE, createSubprocessShell } from "@aio/subprocess";
      const controller = new AbortController();
      const drop = "use POSIX; setgid(65534); setuid(65534); sleep 3600";
      const script = "sleep 3600 >/dev/null 2>&1 & echo $!; exec perl -e '" + drop + "'";
      const options = { stdout: PIPE, killTree: true, graceMs: 50, signal: controller.signal };
      const shell = await createSubprocessShell("exec 2>/dev/null; " + script, options);
      console.log(String(await shell.stdout.readline()).trim());
      process.setgroups([]);
      process.setgid(65_534);
      process.setuid(65_534);
      const isOurs = () => {
        try { return process.kill(shell.pid, 0) } catch { return false }
      };
      while (!isOurs()) await new Promise(setImmediate);
      controller.abort();
      const outcome = () => shell.wait().catch(({ message }) => message.replace(/.*: /, ""));
      console.log(await outcome(), shell.returncode);
      await new Promise(setImmediate);
      console.log(await outcome());
    `);
    const [pid, first, later] = stdout.split("\n");
    expect(pid).toMatch(/^\d+$/);
    process.kill(Number(pid), "SIGKILL");
    expect(first).toBe("it still runs 5000 ms after SIGKILL -15");
    expect(later).toBe("it still runs 5000 ms after SIGKILL");
  });
});

describe("A cancelled process whose pipes another process holds", () => {
  test("does not keep the parent alive", async () => {
    const { stdout } = await runProgram(`
      import { PIPE, createSubprocessShell } from "@aio/subprocess";
      const controller = new AbortController();
      const options = { stdout: PIPE, signal: controller.signal };
      const shell = await createSubprocessShell("sleep 3600 2>/dev/null & echo $!; wait", options);
      console.log(String(await shell.stdout.readline()).trim());
      setTimeout(() => controller.abort(), 1);
      await shell.communicate().catch((error) => console.log(error.name));
    `);
    const [pid, outcome] = stdout.split("\n");
    expect(pid).toMatch(/^\d+$/);
    process.kill(Number(pid));
    expect(outcome).toBe("AbortError");
  });

  test("ends its output after everything that the process itself wrote", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const script = "printf %0100000d 0; sleep 3600 & echo $! >&2; wait";
    const options = { stdout: PIPE, stderr: PIPE, signal, limit: 1000 } as const;
    const shell = await createSubprocessShell(script, options);
    const child = Number(await shell.stderr.readline());
    controller.abort();
    await expect(shell.wait()).rejects.toThrow(CancelledError);
    // Backpressure has stopped the output by now.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(await shell.stdout.read()).toHaveLength(100_000);
    expect(shell.stdout.atEof()).toBe(true);
    process.kill(child);
  });

  test("ends its output although the other process keeps writing", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const shell = await createSubprocessShell("yes & echo $! >&2; wait", {
      stdout: PIPE,
      stderr: PIPE,
      signal,
    });
    const child = Number(await shell.stderr.readline());
    controller.abort();
    await expect(shell.wait()).rejects.toThrow(CancelledError);
    while ((await shell.stdout.read(1 << 16)).length > 0);
    process.kill(child);
  });
});
