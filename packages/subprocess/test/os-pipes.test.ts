import { readSync, readdirSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  openPipe,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
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

  test("end a child with SIGPIPE when its reader is gone", async () => {
    const head = await createSubprocessShell("yes | head -n 1; echo ${PIPESTATUS[0]}", {
      stdout: PIPE,
      pipes: "os",
      executable: "/bin/bash",
    });
    expect(String((await head.communicate())[0])).toBe("y\n141\n");
  });

  test("share one pipe if stderr is STDOUT", async () => {
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

  test("carry large amounts of data in both directions", async () => {
    const cat = await createSubprocessExec("cat", [], os);
    const data = Buffer.alloc(16 << 20, "0123456789\n");
    const [stdout] = await cat.communicate(data);
    expect(stdout.equals(data)).toBe(true);
  });

  test("keep the outputs of concurrently created processes apart", async () => {
    const words = Array.from({ length: 20 }, (_, index) => `foo${index}`);
    const outputs = words.map(async (word) => {
      const cat = await createSubprocessExec("cat", [], os);
      return String((await cat.communicate(word))[0]);
    });
    expect(await Promise.all(outputs)).toEqual(words);
  });
});

describe("openPipe()", () => {
  test("creates a pipe", async () => {
    const { read, write } = await openPipe();
    const buffer = Buffer.alloc(10);
    writeSync(write.fd, "hello");
    expect(readSync(read.fd, buffer)).toBe(5);
    write.close();
    expect(readSync(read.fd, buffer)).toBe(0);
    read.close();
  });

  test("creates a new pipe on each call, even on concurrent ones", async () => {
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

  test("connects two processes directly", async () => {
    const { read, write } = await openPipe();
    const seq = await createSubprocessExec("seq", ["100000"], { stdout: write });
    write.close();
    const wc = await createSubprocessExec("wc", ["-l"], { stdin: read, stdout: PIPE });
    read.close();
    expect(String((await wc.communicate())[0]).trim()).toBe("100000");
    expect(await seq.wait()).toBe(0);
  });

  test("closes its ends at the end of a using scope", async () => {
    const { read, write } = await openPipe();
    {
      using writing = write;
      writeSync(writing.fd, "x");
    }
    const cat = await createSubprocessExec("cat", [], { stdin: read, stdout: PIPE });
    read[Symbol.dispose]();
    expect(String((await cat.communicate())[0])).toBe("x");
  });

  test("leaves no child running, and does not keep the parent alive", async () => {
    const { stdout, returncode } = await runProgram(`
      import { readFileSync } from "node:fs";
      import { openPipe } from "@aio/subprocess";
      await openPipe();
      console.log([readFileSync("/proc/self/task/" + process.pid + "/children", "utf8")]);
    `);
    expect({ stdout, returncode }).toEqual({ stdout: "[ '' ]\n", returncode: 0 });
  });

  test("lets SIGPIPE end a writer whose reader has ended", async () => {
    const { read, write } = await openPipe();
    const yes = await createSubprocessExec("yes", [], { stdout: write });
    const head = await createSubprocessExec("head", ["-n", "1"], { stdin: read });
    write.close();
    read.close();
    expect(await Promise.all([head.wait(), yes.wait()])).toEqual([0, -13]);
  });

  test.each([
    ["by the parent", "read.close(); writeSync(write.fd, 'x');"],
    ["by a child", "read.close(); await run({ stdout: write });"],
  ])("makes a write %s fail once the read end is closed", async (_, attempt) => {
    const { stdout } = await runProgram(`
      import { writeSync } from "node:fs";
      import { createSubprocessExec, openPipe } from "@aio/subprocess";
      const { read, write } = await openPipe();
      const run = async (options) => {
        const echo = await createSubprocessExec("echo", [], options);
        throw { code: (await echo.wait()) === -13 ? "EPIPE" : "none" };
      };
      try { ${attempt} } catch (error) { console.log(error.code); }
    `);
    expect(stdout).toBe("EPIPE\n");
  });
});

describe("Operating system pipes", () => {
  const both = `
    import { PIPE, createSubprocessExec, openPipe } from "@aio/subprocess";
    const throughPipe = async () => {
      const { read, write } = await openPipe();
      const echo = await createSubprocessExec("echo", ["one"], { stdout: write });
      write.close();
      const cat = await createSubprocessExec("cat", [], { stdin: read, stdout: PIPE });
      read.close();
      return String((await cat.communicate())[0]).trim() + (await echo.wait());
    };
    const throughOption = async () => {
      const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE, pipes: "os" });
      return String((await cat.communicate("two"))[0]);
    };
    const print = async () => console.log(await throughPipe(), await throughOption());
  `;

  test.skipIf(process.getuid?.() !== 0)("work where /bin/sh is bash", async () => {
    const inside = 'mount --bind "$(command -v bash)" /bin/sh && exec "$@"';
    const shell = `unshare -m true || { echo one0 two; exit; }; exec unshare -m bash -c '${inside}' sh "$@"`;
    const run = runProgram(`${both} await print();`, shell);
    expect(await run).toMatchObject({ stdout: "one0 two\n", stderr: "" });
  });

  test.skipIf(process.getuid?.() !== 0)("work after setuid()", async () => {
    const { stdout } = await runProgram(`${both}
      await print();
      process.setgroups([]);
      process.setgid(65_534);
      process.setuid(65_534);
      await print();
    `);
    expect(stdout).toBe("one0 two\none0 two\n");
  });

  test("are refused under --permission without access to /proc, naming the missing permission", async () => {
    const isOld = Number.parseInt(process.versions.node, 10) < 24;
    const flag = isOld ? "--experimental-permission" : "--permission";
    const root = fileURLToPath(new URL("../../..", import.meta.url));
    const { stdout } = await runProgram(
      `${both} await print().catch((error) => console.log(error.code, error.message));`,
      `export NODE_OPTIONS="${flag} --allow-child-process --allow-fs-read=${root}"; exec "$@"`,
    );
    expect(stdout).toMatch(/^ERR_ACCESS_DENIED Cannot make a pipe: .*--allow-fs-write=\/proc\n$/);
  });

  test("leave no process behind when a worker thread ends", async () => {
    const { stdout, stderr } = await runProgram(`
      import { readFileSync } from "node:fs";
      import { Worker } from "node:worker_threads";
      const source = ${JSON.stringify(`${both} await print();`)};
      for (let turn = 0; turn < 3; turn++) {
        const url = new URL("data:text/javascript," + encodeURIComponent(source.replaceAll('"@aio/subprocess"', JSON.stringify(import.meta.resolve("@aio/subprocess")))));
        await new Promise((resolve) => new Worker(url).once("exit", resolve));
      }
      console.log(readFileSync("/proc/self/task/" + process.pid + "/children", "utf8"));
    `);
    expect({ stdout, stderr }).toEqual({ stdout: `${"one0 two\n".repeat(3)}\n`, stderr: "" });
  });
});
