import { inspect } from "node:util";
import {
  CancelledError,
  PIPE,
  ProcessLookupError,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { stateOf } from "./gate.ts";

const blocked = () => createSubprocessExec("sleep", ["3600"]);

describe("Process.wait()", () => {
  // test_subprocess.SubprocessMixin.test_subprocess_concurrent_wait
  test("can be called any number of times, before and after the end", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
    const waits = [cat.wait(), cat.wait({ signal: new AbortController().signal }), cat.wait()];
    expect(cat.returncode).toBeNull();
    cat.stdin.close();
    expect(await Promise.all(waits)).toEqual([0, 0, 0]);
    expect(await Promise.all([cat.wait(), cat.wait()])).toEqual([0, 0]);
    expect(cat.returncode).toBe(0);
  });

  test("resolves to the exit status modulo 256", async () => {
    expect(await (await createSubprocessShell("exit 263")).wait()).toBe(7);
  });

  // test_subprocess.SubprocessMixin.test_cancel_process_wait
  test("rejects when its signal aborts, and leaves the process running", async () => {
    const sleep = await blocked();
    const controller = new AbortController();
    const wait = sleep.wait({ signal: controller.signal });
    controller.abort("enough");
    await expect(wait).rejects.toThrow(CancelledError);
    await expect(wait).rejects.toMatchObject({ cause: "enough" });
    await expect(sleep.wait({ signal: controller.signal })).rejects.toThrow(CancelledError);
    sleep.sendSignal(0);
    sleep.kill();
    expect(await sleep.wait()).toBe(-9);
  });

  test("does not wait for a pipe that another process holds", async () => {
    const shell = await createSubprocessShell("sleep 3600 & echo $!; exit 3", { stdout: PIPE });
    expect(await shell.wait()).toBe(3);
    process.kill(Number(await shell.stdout.readline()));
  });

  test("keeps waiting while the process is stopped", async () => {
    const shell = await createSubprocessShell("kill -STOP $$; exit 5");
    await expect.poll(() => stateOf(shell.pid)).toBe("T");
    expect(shell.returncode).toBeNull();
    shell.sendSignal("SIGCONT");
    expect(await shell.wait()).toBe(5);
  });
});

describe("Process.sendSignal(), .terminate() and .kill()", () => {
  // test_subprocess.SubprocessMixin.test_kill
  test("end a process: kill() with -9", async () => {
    const sleep = await blocked();
    expect(sleep.kill()).toBeUndefined();
    expect(await sleep.wait()).toBe(-9);
    expect(sleep.returncode).toBe(-9);
  });

  // test_subprocess.SubprocessMixin.test_terminate
  test("end a process: terminate() with -15", async () => {
    const sleep = await blocked();
    sleep.terminate();
    expect(await sleep.wait()).toBe(-15);
  });

  // test_subprocess.SubprocessMixin.test_send_signal
  test.each([
    ["SIGHUP", -1],
    [10, -10],
  ] as const)("send a signal by name or number: %s", async (signal, returncode) => {
    const shell = await createSubprocessShell("echo sleeping; exec sleep 3600", { stdout: PIPE });
    expect(String(await shell.stdout.readline())).toBe("sleeping\n");
    shell.sendSignal(signal);
    expect(await shell.wait()).toBe(returncode);
  });

  test("send a real-time signal", async () => {
    const script = "trap 'echo got; exit 4' RTMIN; echo ready; while :; do sleep 0.02; done";
    const bash = await createSubprocessExec("bash", ["-c", script], { stdout: PIPE });
    await bash.stdout.readline();
    bash.sendSignal(34);
    expect(String(await bash.stdout.readline())).toBe("got\n");
    expect(await bash.wait()).toBe(4);
  });

  // test_subprocess.SubprocessTransportTests.test_proc_exited
  test("throw ProcessLookupError once the process has ended", async () => {
    const shell = await createSubprocessShell("exit 6");
    expect(await shell.wait()).toBe(6);
    expect(() => shell.sendSignal("SIGTERM")).toThrow(ProcessLookupError);
    expect(() => shell.terminate()).toThrow(ProcessLookupError);
    expect(() => shell.kill()).toThrow(expect.objectContaining({ code: "ESRCH" }));
    expect(() => shell.sendSignal(0)).toThrow(ProcessLookupError);
  });

  test("throw for an unknown signal", async () => {
    const sleep = await blocked();
    expect(() => sleep.sendSignal("SIGNO" as never)).toThrow(TypeError);
    expect(() => sleep.sendSignal(-1)).toThrow(RangeError);
    expect(() => sleep.sendSignal(1.5)).toThrow(RangeError);
    sleep.kill();
    await sleep.wait();
  });

  // test_subprocess.SubprocessMixin.test_kill_issue43884
  test("reach only the shell, and end it while its children live", async () => {
    const shell = await createSubprocessShell("sleep 3600 & echo $!; wait", { stdout: PIPE });
    const child = Number(await shell.stdout.readline());
    shell.kill();
    expect(await shell.wait()).toBe(-9);
    process.kill(child, 0);
    process.kill(child);
  });

  // test_subprocess.SubprocessMixin.test_subprocess_send_signal_race
  test("never corrupt the return code when they race with the exit", async () => {
    const races = Array.from({ length: 20 }, async () => {
      const sleep = await createSubprocessExec("sleep", ["0.02"]);
      await (await createSubprocessExec("sleep", ["0.02"])).wait();
      try {
        sleep.sendSignal("SIGUSR1");
      } catch (error) {
        expect(error).toBeInstanceOf(ProcessLookupError);
      }
      expect([0, -10]).toContain(await sleep.wait());
    });
    await Promise.all(races);
  });
});

describe("await using a Process", () => {
  // test_subprocess.SubprocessMixin.test_close_kill_running
  test("ends a running process", async () => {
    let process;
    {
      await using sleep = await blocked();
      process = sleep;
    }
    expect(process.returncode).toBe(-15);
  });

  // test_subprocess.SubprocessMixin.test_close_dont_kill_finished
  test("does nothing to a process that has ended", async () => {
    let process;
    {
      await using shell = await createSubprocessShell("exit 3");
      process = shell;
      await shell.wait();
    }
    expect(process.returncode).toBe(3);
  });

  test("kills a process that ignores SIGTERM after graceMs", async () => {
    const options = { stdout: PIPE, graceMs: 50 } as const;
    const script = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
    const shell = await createSubprocessShell(script, options);
    await shell.stdout.readline();
    await shell[Symbol.asyncDispose]();
    expect(shell.returncode).toBe(-9);
  });

  test("closes the parent's ends of the pipes: a waiting read reaches end of input", async () => {
    const shell = await createSubprocessShell("sleep 3600 & echo $!; wait", { stdout: PIPE });
    const child = Number(await shell.stdout.readline());
    const read = shell.stdout.read();
    await shell[Symbol.asyncDispose]();
    expect(await read).toHaveLength(0);
    expect(shell.stdout.atEof()).toBe(true);
    process.kill(child);
    await shell[Symbol.asyncDispose]();
  });
});

describe("inspect(process)", () => {
  // test_subprocess.SubprocessTransportTests.test_subprocess_repr
  test("shows the pid, and whether the process runs or how it ended", async () => {
    const shell = await createSubprocessShell("exit 3");
    expect(inspect(shell)).toBe(`<Process ${shell.pid} running>`);
    await shell.wait();
    expect(inspect(shell)).toBe(`<Process ${shell.pid} returncode=3>`);
  });
});
