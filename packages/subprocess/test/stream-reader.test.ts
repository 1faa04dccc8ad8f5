import { inspect } from "node:util";
import {
  CancelledError,
  LimitOverrunError,
  PIPE,
  RuntimeError,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { closedGate, stateOf } from "./gate.ts";

const printLines = () => createSubprocessExec("printf", ["ä\\n\\nb\\r\\nc"], { stdout: PIPE });

describe("Process.stdout", () => {
  // test_subprocess.SubprocessMixin.test_pause_reading
  test("applies backpressure to the child once twice the limit is buffered", async () => {
    const limit = 1000;
    const yes = await createSubprocessExec("yes", [], { stdout: PIPE, limit });
    await expect.poll(() => yes.stdout.bufferedLength).toBeGreaterThan(2 * limit);
    await expect.poll(() => stateOf(yes.pid)).toBe("S");
    expect(yes.stdout.bufferedLength).toBeLessThanOrEqual(2 * limit + 65_536);
    // Reading resumes the child, and so does communicate(), which is not bound by the limit.
    expect(await yes.stdout.readexactly(1 << 20)).toHaveLength(1 << 20);
    const communicate = yes.communicate(null, { maxOutput: 1 << 20 });
    await expect(communicate).rejects.toThrow(LimitOverrunError);
    await yes[Symbol.asyncDispose]();
  });

  // test_subprocess.SubprocessMixin.test_read_stdout_after_process_exit
  // nodejs/node#7184
  test("can be read after the process has ended", async () => {
    const script = "head -c 60000 /dev/zero; exit 1";
    const shell = await createSubprocessShell(script, { stdout: PIPE, limit: 100 });
    expect(await shell.wait()).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    let size = 0;
    while (!shell.stdout.atEof()) {
      size += (await shell.stdout.read(7000)).length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(size).toBe(60_000);
  });

  test("still applies backpressure to a descendant that writes after the process has ended", async () => {
    using gate = await closedGate();
    const script = `yes & echo $! >&2; read <&${gate.fd}`;
    const options = { stdout: PIPE, stderr: PIPE, limit: 1000, passFds: [gate.fd] } as const;
    const shell = await createSubprocessExec("bash", ["-c", script], options);
    const yes = Number(await shell.stderr.readline());
    await expect.poll(() => inspect(shell.stdout)).toContain("paused");
    gate.open();
    expect(await shell.wait()).toBe(0);
    await expect.poll(() => stateOf(yes)).toBe("S");
    // Without backpressure, it would write some hundred megabytes in this time.
    await (await createSubprocessExec("sleep", ["0.1"])).wait();
    expect(shell.stdout.bufferedLength).toBeLessThan(1 << 19);
    expect(String(await shell.stdout.readexactly(1 << 20)).startsWith("y\ny\n")).toBe(true);
    await expect.poll(() => stateOf(yes)).toBe("S");
    process.kill(yes);
    await shell.stdout.read();
  });

  test("ends when the last holder of the pipe exits, not when the process does", async () => {
    using gate = await closedGate();
    const script = `echo early; (read <&${gate.fd}; echo late) &`;
    const options = { stdout: PIPE, passFds: [gate.fd] } as const;
    const bash = await createSubprocessExec("bash", ["-c", script], options);
    expect(await bash.wait()).toBe(0);
    expect(String(await bash.stdout.readline())).toBe("early\n");
    const read = bash.stdout.read();
    expect(bash.stdout.atEof()).toBe(false);
    gate.open();
    expect(String(await read)).toBe("late\n");
  });

  test("yields lines as bytes and as text", async () => {
    const lines: string[] = [];
    for await (const line of (await printLines()).stdout) lines.push(String(line));
    expect(lines).toEqual(["ä\n", "\n", "b\r\n", "c"]);
    lines.length = 0;
    for await (const line of (await printLines()).stdout.lines()) lines.push(line);
    expect(lines).toEqual(["ä", "", "b", "c"]);
  });

  test("loses nothing when a read is aborted, and leaves the process running", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const controller = new AbortController();
    const read = cat.stdout.readexactly(4, controller);
    cat.stdin.write("ab");
    await expect.poll(() => cat.stdout.bufferedLength).toBe(2);
    await expect(cat.stdout.read(1000_000, { signal: AbortSignal.abort() })).rejects.toThrow(
      CancelledError,
    );
    controller.abort();
    await expect(read).rejects.toThrow(CancelledError);
    cat.stdin.write("cd");
    expect(String(await cat.stdout.readexactly(4))).toBe("abcd");
    await cat.communicate();
  });

  test("rejects a second call while one waits", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const first = cat.stdout.readline();
    await expect(cat.stdout.readline()).rejects.toThrow(RuntimeError);
    cat.stdin.write("line\n");
    expect(String(await first)).toBe("line\n");
    await cat.communicate();
  });

  test("rejects a line longer than the limit, on stderr too", async () => {
    const script = "printf '%0100d\\nshort\\n' 0 >&2";
    const shell = await createSubprocessShell(script, { stderr: PIPE, limit: 50 });
    await shell.wait();
    await expect(shell.stderr.readline()).rejects.toThrow(LimitOverrunError);
    expect(String(await shell.stderr.readline())).toMatch(/^(0*|short)\n$/);
  });

  // test_subprocess.SubprocessMixin.test_subprocess_protocol_events
  test("and stderr each deliver their data and then end, independently of the exit", async () => {
    const shell = await createSubprocessShell("printf stdout; printf stderr >&2", {
      stdout: PIPE,
      stderr: PIPE,
    });
    const outcome = await Promise.all([shell.stdout.read(), shell.stderr.read(), shell.wait()]);
    expect(outcome.map(String)).toEqual(["stdout", "stderr", "0"]);
  });
});
