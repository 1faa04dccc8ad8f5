import { readSync, readdirSync, writeSync } from "node:fs";
import {
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  openPipe,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { isRunning } from "./gate.ts";
import { runProgram } from "./program.ts";

const os = { pipes: "os", stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;

describe('pipes: "os"', () => {
  // test_subprocess.SubprocessMixin.test_devstdin_input
  // nodejs/node#21941
  test("lets the child open /dev/stdin, /dev/stdout and /dev/stderr", async () => {
    const script = "cat /dev/stdin >/dev/stdout; echo err >/dev/stderr";
    const shell = await createSubprocessShell(script, os);
    expect((await shell.communicate("abc")).map(String)).toEqual(["abc", "err\n"]);
  });

  test("are FIFOs for the child", async () => {
    const shell = await createSubprocessShell(
      "for f in 0 1 2; do test -p /dev/fd/$f && echo $f; done",
      os,
    );
    expect(String((await shell.communicate())[0])).toBe("0\n1\n2\n");
    const sockets = await createSubprocessShell("test -p /dev/fd/1", { stdout: PIPE });
    expect(await sockets.wait()).toBe(1);
  });

  test("end a child that writes to nobody with SIGPIPE", async () => {
    const head = await createSubprocessShell("yes | head -n 1; echo ${PIPESTATUS[0]}", {
      stdout: PIPE,
      pipes: "os",
      executable: "/bin/bash",
    });
    expect(String((await head.communicate())[0])).toBe("y\n141\n");
  });

  test("are one pipe with STDOUT", async () => {
    const script = "readlink /proc/self/fd/1; readlink /proc/self/fd/2 >&2";
    const shell = await createSubprocessShell(script, {
      pipes: "os",
      stdout: PIPE,
      stderr: STDOUT,
    });
    const [first, second] = String((await shell.communicate())[0]).split("\n");
    expect(first).toMatch(/^pipe:/);
    expect(second).toBe(first);
  });

  test("carry much in both directions", async () => {
    const cat = await createSubprocessExec("cat", [], os);
    const data = Buffer.alloc(16 << 20, "0123456789\n");
    const [stdout] = await cat.communicate(data);
    expect(stdout.equals(data)).toBe(true);
  });

  test("keep the outputs of processes apart that are created at the same time", async () => {
    const words = Array.from({ length: 20 }, (_, index) => `foo${index}`);
    const outputs = words.map(async (word) => {
      const cat = await createSubprocessExec("cat", [], os);
      return String((await cat.communicate(word))[0]);
    });
    expect(await Promise.all(outputs)).toEqual(words);
  });
});

describe("openPipe()", () => {
  test("makes a pipe", async () => {
    const { read, write } = await openPipe();
    const buffer = Buffer.alloc(10);
    writeSync(write.fd, "hello");
    expect(readSync(read.fd, buffer)).toBe(5);
    write.close();
    expect(readSync(read.fd, buffer)).toBe(0);
    read.close();
  });

  test("makes another one each time, many at once too", async () => {
    const pipes = await Promise.all(Array.from({ length: 20 }, () => openPipe()));
    const links = readdirSync("/proc/self/fd").length;
    expect(new Set(pipes.flatMap(({ read, write }) => [read.fd, write.fd])).size).toBe(40);
    pipes.forEach(({ write }, index) => writeSync(write.fd, String(index)));
    const buffer = Buffer.alloc(10);
    const texts = pipes.map(({ read }) => buffer.toString("utf8", 0, readSync(read.fd, buffer)));
    expect(texts).toEqual(pipes.map((_, index) => String(index)));
    for (const { read, write } of pipes) {
      read.close();
      write.close();
      write.close();
    }
    expect(readdirSync("/proc/self/fd").length).toBe(links - 40);
  });

  test("connects two processes without this one in between", async () => {
    const { read, write } = await openPipe();
    const seq = await createSubprocessExec("seq", ["100000"], { stdout: write });
    write.close();
    const wc = await createSubprocessExec("wc", ["-l"], { stdin: read, stdout: PIPE });
    read.close();
    expect(String((await wc.communicate())[0]).trim()).toBe("100000");
    expect(await seq.wait()).toBe(0);
  });

  test("closes its ends by using", async () => {
    const { read, write } = await openPipe();
    {
      using writing = write;
      writeSync(writing.fd, "x");
    }
    const cat = await createSubprocessExec("cat", [], { stdin: read, stdout: PIPE });
    read[Symbol.dispose]();
    expect(String((await cat.communicate())[0])).toBe("x");
  });

  test("keeps no process alive, this one nor the one that helps it", async () => {
    const { stdout, returncode } = await runProgram(`
      import { readFileSync } from "node:fs";
      import { openPipe } from "@aio/subprocess";
      const { read, write } = await openPipe();
      console.log(readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim());
    `);
    expect(returncode).toBe(0);
    expect(stdout).toMatch(/^\d+\n$/);
    await expect.poll(() => isRunning(Number(stdout))).toBe(false);
  });

  test.each([
    ["is asked", ""],
    ["has not been asked for long", "while (processes() > 0) await new Promise(setImmediate);"],
  ])("gets over the loss of the process that helps it while it %s", async (_, wait) => {
    const { stdout, stderr } = await runProgram(`
      import { readFileSync } from "node:fs";
      import { openPipe } from "@aio/subprocess";
      const processes = () =>
        Number(readFileSync("/proc/self/task/" + process.pid + "/children", "utf8"));
      await openPipe();
      process.kill(processes());
      ${wait}
      const first = await openPipe().then(() => "made", () => "failed");
      const { read } = await openPipe();
      console.log(first, read.fd > 2);
    `);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^(made|failed) true\n$/);
  });
});
