import { once } from "node:events";
import { kill } from "node:process";
import { inspect } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CancelledError,
  LimitOverrunError,
  PIPE,
  RuntimeError,
  STDOUT,
  TimeoutError,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { closedGate, stateOf } from "./gate.ts";

const megabyte = "x".repeat(1 << 20);
const three = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;
const cat = () => createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });

/** Wait for a state that the package does not report. */
const eventually = (state: () => unknown) => expect.poll(state, { timeout: 5000, interval: 5 });

describe("Process.communicate()", () => {
  // test_subprocess.SubprocessMixin.test_communicate
  test("sends the input, and resolves to the output once the process has ended", async () => {
    const process = await cat();
    expect(await process.communicate("some data")).toEqual([Buffer.from("some data"), null]);
    expect(process.returncode).toBe(0);
  });

  // test_subprocess.SubprocessMixin.test_communicate_none_input
  test("closes stdin at once without input", async () => {
    expect(await (await cat()).communicate()).toEqual([Buffer.alloc(0), null]);
    expect(await (await cat()).communicate(null)).toEqual([Buffer.alloc(0), null]);
  });

  // test_subprocess.SubprocessMixin.test_empty_input
  test.each(["", new Uint8Array()])(
    "closes stdin at once for an empty input: %j",
    async (input) => {
      const wc = await createSubprocessExec("wc", ["-c"], three);
      expect((await wc.communicate(input)).map((bytes) => String(bytes).trim())).toEqual(["0", ""]);
    },
  );

  // test_subprocess.SubprocessMixin.test_stdin_not_inheritable
  test("delivers end of input while other processes run", async () => {
    const processes = await Promise.all(
      [1, 2, 3].map(() => createSubprocessExec("wc", ["-c"], three)),
    );
    const [first, ...others] = processes;
    expect(String((await first?.communicate("abc"))?.[0]).trim()).toBe("3");
    await Promise.all(others.map((other) => other.communicate()));
  });

  test("accepts any view of bytes, and encodes text as UTF-8", async () => {
    const bytes = new Uint16Array([0x6161, 0x6262, 0x6363]).subarray(1);
    expect(String((await (await cat()).communicate(bytes))[0])).toBe("bbcc");
    expect((await (await cat()).communicate("ü"))[0]).toEqual(Buffer.from([0xc3, 0xbc]));
    await using other = await cat();
    await expect(other.communicate(5 as never)).rejects.toThrow(TypeError);
  });

  test("reads both outputs while it writes, however long they are", async () => {
    const shell = await createSubprocessShell("tee /dev/fd/2 | cat", { ...three, pipes: "os" });
    const input = megabyte.repeat(8);
    const [stdout, stderr] = await shell.communicate(input);
    expect(stdout.length + stderr.length).toBe(2 * input.length);
    expect(stdout.equals(stderr)).toBe(true);
  });

  // test_subprocess.SubprocessMixin.test_communicate_ignore_broken_pipe
  test("ignores EPIPE if the process does not read its input", async () => {
    const process = await createSubprocessExec("true", [], { stdin: PIPE });
    expect(await process.communicate(megabyte.repeat(5))).toEqual([null, null]);
    expect(await process.wait()).toBe(0);
  });

  test("sends all of the input to a descendant that outlives the process", async () => {
    const script = "exec 3<&0; (wc -c <&3) & exit 0";
    const shell = await createSubprocessShell(script, { stdin: PIPE, stdout: PIPE });
    const [stdout] = await shell.communicate(Buffer.alloc(1_000_000));
    expect(Number(stdout)).toBe(1_000_000);
  });

  test("ignores input where stdin is not a pipe", async () => {
    const process = await createSubprocessExec("true");
    expect(await process.communicate("ignored" as never)).toEqual([null, null]);
  });

  test("sends earlier writes first, and returns output that was still unread", async () => {
    const process = await cat();
    process.stdin.write("one\ntwo\n");
    expect(String(await process.stdout.readline())).toBe("one\n");
    expect(String((await process.communicate("three\n"))[0])).toBe("two\nthree\n");
  });

  test("resolves to empty buffers when it is called again", async () => {
    const process = await cat();
    await process.communicate("data");
    expect(await process.communicate()).toEqual([Buffer.alloc(0), null]);
    expect(await process.communicate(new Uint8Array())).toEqual([Buffer.alloc(0), null]);
    await expect(process.communicate("more")).rejects.toThrow(TypeError);
  });

  test("returns buffered output although the pipe has already ended", async () => {
    const shell = await createSubprocessShell("echo late", { stdout: PIPE });
    await shell.wait();
    await eventually(() => shell.stdout.bufferedLength).toBe(5);
    expect(String((await shell.communicate())[0])).toBe("late\n");
  });

  test.each([
    ["a timer", setTimeout],
    ["an immediate", setImmediate],
  ] as const)(
    "returns the output in order if backpressure has paused it, called from %s",
    async (_, schedule) => {
      const seq = await createSubprocessExec("seq", ["100000"], { stdout: PIPE });
      await eventually(() => seq.stdout.bufferedLength).toBeGreaterThan(2 << 16);
      // The stream of the pipe reads ahead, until it is full and the program blocks.
      await eventually(() => stateOf(seq.pid)).toMatch(/^S?$/);
      const communication = new Promise<[Buffer, null]>((resolve) => {
        schedule(() => resolve(seq.communicate()));
      });
      const lines = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join("");
      expect((await communication)[0].equals(Buffer.from(lines))).toBe(true);
    },
  );

  test("does not modify memory that the caller fed to the reader", async () => {
    const head = await createSubprocessExec("head", ["-c", "20000000", "/dev/zero"], {
      stdout: PIPE,
    });
    const fed = Buffer.alloc(9 << 20, "x");
    head.stdout.feedData(fed);
    expect((await head.communicate())[0].length).toBe(fed.length + 20_000_000);
    expect(fed.length).toBe(9 << 20);
    expect(fed.at(-1)).toBe(0x78);
  });

  test("returns a large buffer that other APIs accept, backed by little more memory than the output", async () => {
    const size = 20_000_000;
    const args = ["-c", `${size}`, "/dev/zero"];
    const head = await createSubprocessExec("head", args, { stdout: PIPE });
    const [stdout] = await head.communicate();
    expect(stdout.length).toBe(size);
    expect(stdout.buffer.byteLength).toBeLessThanOrEqual(2 * size);
    expect(String(stdout).length).toBe(size);
    expect(new TextDecoder().decode(stdout).length).toBe(size);
    expect((await new Response(stdout).arrayBuffer()).byteLength).toBe(size);
    expect(structuredClone(stdout).byteLength).toBe(size);
    expect(await crypto.subtle.digest("SHA-256", stdout)).toHaveProperty("byteLength", 32);
    expect(gunzipSync(gzipSync(stdout)).equals(stdout)).toBe(true);
    const transfer = [stdout.buffer as ArrayBuffer];
    expect(structuredClone(stdout, { transfer }).length).toBe(size);
    expect(stdout.length).toBe(0);
  });

  test("waits for the pipes to end, even if another process holds them", async () => {
    const shell = await createSubprocessShell("(sleep 0.1; echo late) & echo early", {
      stdout: PIPE,
    });
    expect(String((await shell.communicate())[0])).toBe("early\nlate\n");
  });

  test("rejects with RuntimeError if another call is reading, and does not disturb that call", async () => {
    const process = await cat();
    const read = process.stdout.readexactly(4);
    await expect(process.communicate("abcdef")).rejects.toThrow(RuntimeError);
    expect(String(await read)).toBe("abcd");
    expect(String((await process.communicate())[0])).toBe("ef");
  });

  test("rejects a second call with RuntimeError while the first is waiting, and does not disturb it", async () => {
    const process = await cat();
    const first = process.communicate("some data");
    await expect(process.communicate()).rejects.toThrow(RuntimeError);
    expect(await first).toEqual([Buffer.from("some data"), null]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    "resolves if it is called %d microtasks after await using began to close the pipe",
    async (microtasks) => {
      const shell = await createSubprocessShell("echo early; exec sleep 3600 & echo $! >&2", {
        stdout: PIPE,
        stderr: PIPE,
      });
      const sleep = Number(await shell.stderr.readline());
      await shell.wait();
      await eventually(() => shell.stdout.bufferedLength).toBe(6);
      const disposal = shell[Symbol.asyncDispose]();
      for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve();
      expect(String((await shell.communicate())[0])).toBe("early\n");
      await disposal;
      kill(sleep);
    },
  );

  test("returns bytes that a destroyed toReadable() gives back meanwhile", async () => {
    using gate = await closedGate();
    const script = `echo one; read <&${gate.fd}; echo two`;
    const options = { stdout: PIPE, executable: "/bin/bash", passFds: [gate.fd] } as const;
    const shell = await createSubprocessShell(script, options);
    const readable = shell.stdout.toReadable();
    await once(readable, "readable");
    const communicate = shell.communicate();
    await new Promise(setImmediate);
    readable.destroy();
    await once(readable, "close");
    gate.open();
    expect(String((await communicate)[0])).toBe("one\ntwo\n");
    expect(shell.stdout.atEof()).toBe(true);
  });

  test("makes a concurrent read reject with RuntimeError", async () => {
    const process = await cat();
    const communicate = process.communicate("abc");
    await Promise.resolve();
    await expect(process.stdout.read(1)).rejects.toThrow(RuntimeError);
    expect(String((await communicate)[0])).toBe("abc");
    await expect(process.communicate()).resolves.toEqual([Buffer.alloc(0), null]);
  });
});

describe("Process.communicate({ signal })", () => {
  // tinyexec#138
  test("can be aborted while a grandchild holds the pipe, and called again", async () => {
    using gate = await closedGate();
    const script = `echo early; (read <&${gate.fd}; echo late) & echo err >&2`;
    const options = {
      stdout: PIPE,
      stderr: PIPE,
      executable: "/bin/bash",
      passFds: [gate.fd],
    } as const;
    const shell = await createSubprocessShell(script, options);
    expect(await shell.wait()).toBe(0);
    const left = shell.communicate(null, { signal: AbortSignal.timeout(50) });
    await expect(left).rejects.toThrow(TimeoutError);
    expect(String(await shell.stdout.readline())).toBe("early\n");
    gate.open();
    expect((await shell.communicate()).map(String)).toEqual(["late\n", "err\n"]);
  });

  test("keeps what it read for the next call, and the process running, when the signal aborts", async () => {
    const script = "echo first; read go; echo second; echo err >&2";
    const shell = await createSubprocessShell(script, three);
    const controller = new AbortController();
    const line = await shell.stdout.readexactly(1);
    const communicate = shell.communicate("go\n", { signal: controller.signal });
    await Promise.resolve();
    controller.abort("enough");
    await expect(communicate).rejects.toThrow(CancelledError);
    await expect(communicate).rejects.toMatchObject({ cause: "enough" });
    await expect(shell.communicate("again")).rejects.toThrow(TypeError);
    const [stdout, stderr] = await shell.communicate();
    expect([String(line), String(stdout), String(stderr)]).toEqual([
      "f",
      "irst\nsecond\n",
      "err\n",
    ]);
    expect(shell.returncode).toBe(0);
  });

  test("puts what it read back into the reader before abort() returns", async () => {
    const shell = await createSubprocessShell(
      "echo one; echo two >&2; exec 2>&-; exec sleep 3600",
      three,
    );
    const controller = new AbortController();
    const communicate = shell.communicate(null, { signal: controller.signal });
    // Long enough for both lines and the end of stderr to arrive.
    const other = await createSubprocessExec("sleep", ["0.1"]);
    await other.wait();
    controller.abort();
    expect(String(shell.stdout.readNowait(100))).toBe("one\n");
    expect(String(shell.stderr.readNowait())).toBe("two\n");
    expect(shell.stderr.atEof()).toBe(true);
    await expect(communicate).rejects.toThrow(CancelledError);
    await shell[Symbol.asyncDispose]();
  });

  test("changes nothing if the signal has already aborted", async () => {
    const process = await cat();
    const signal = AbortSignal.abort();
    await expect(process.communicate("data", { signal })).rejects.toThrow(CancelledError);
    expect(process.stdin.isClosing()).toBe(false);
    expect(String((await process.communicate("data"))[0])).toBe("data");
  });

  test("ignores an abort after it has resolved", async () => {
    const process = await cat();
    const controller = new AbortController();
    expect(String((await process.communicate("data", controller))[0])).toBe("data");
    controller.abort();
    expect(process.returncode).toBe(0);
  });
});

describe("Process.communicate({ maxOutput })", () => {
  test("rejects with LimitOverrunError beyond it, and keeps what was read", async () => {
    const script = "printf 12345; printf 67890 >&2";
    const shell = await createSubprocessShell(script, { stdout: PIPE, stderr: PIPE });
    const communicate = shell.communicate(null, { maxOutput: 9 });
    await expect(communicate).rejects.toThrow(LimitOverrunError);
    await expect(communicate).rejects.toMatchObject({ consumed: 10 });
    const outputs = await shell.communicate(null, { maxOutput: 10 });
    expect(outputs.map(String)).toEqual(["12345", "67890"]);
  });

  test("applies backpressure to a process that writes endlessly, and leaves it running", async () => {
    const yes = await createSubprocessExec("yes", [], { stdout: PIPE, stderr: STDOUT });
    const communicate = yes.communicate(null, { maxOutput: 1 << 20 });
    await expect(communicate).rejects.toThrow(LimitOverrunError);
    expect(yes.returncode).toBeNull();
    const held = yes.stdout.bufferedLength;
    expect(held).toBeGreaterThan(1 << 20);
    expect(held).toBeLessThan(2 << 20);
    expect(String(await yes.stdout.readline())).toBe("y\n");
    await yes[Symbol.asyncDispose]();
  });

  test("includes output that was buffered before the call", async () => {
    const shell = await createSubprocessShell("printf 12345", { stdout: PIPE });
    await shell.wait();
    await eventually(() => inspect(shell.stdout)).toContain("eof");
    await expect(shell.communicate(null, { maxOutput: 4 })).rejects.toThrow(LimitOverrunError);
    expect(String((await shell.communicate(null, { maxOutput: 5 }))[0])).toBe("12345");
  });

  test.each([-1, Number.NaN])("refuses %d", async (maxOutput) => {
    const process = await createSubprocessExec("true");
    await expect(process.communicate(null, { maxOutput })).rejects.toThrow(RangeError);
    await expect(process.communicate(null, { maxOutput: "1" as never })).rejects.toThrow(TypeError);
  });
});
