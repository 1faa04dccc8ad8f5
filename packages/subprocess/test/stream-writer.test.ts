import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { inspect } from "node:util";
import {
  CancelledError,
  DEVNULL,
  PIPE,
  RuntimeError,
  type StreamWriter,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { closedGate, stateOf } from "./gate.ts";

const large = Buffer.alloc(5 << 20, "x");
const pipeError = expect.objectContaining({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) });

describe("StreamWriter.write()", () => {
  test("keeps the order of small and large pieces, text and bytes", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const pieces = [
      "a",
      Buffer.from("b"),
      "c".repeat(5000),
      "ü",
      "d".repeat(4096),
      "e".repeat(9000),
      "f",
    ];
    cat.stdin.writelines(pieces);
    const [stdout] = await cat.communicate();
    expect(String(stdout)).toBe(pieces.join(""));
  });

  test("lets the caller reuse a small buffer at once", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const buffer = Buffer.alloc(1);
    for (const letter of "hello") {
      buffer.write(letter);
      cat.stdin.write(buffer);
    }
    expect(String((await cat.communicate())[0])).toBe("hello");
  });

  test("does nothing after close()", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    cat.stdin.write("before");
    cat.stdin.close();
    expect(cat.stdin.isClosing()).toBe(true);
    cat.stdin.write("after");
    expect(String((await cat.communicate())[0])).toBe("before");
  });

  test("throws a RuntimeError after writeEof(), until close()", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    cat.stdin.write("before");
    cat.stdin.writeEof();
    expect(() => cat.stdin.write("after")).toThrow(RuntimeError);
    cat.stdin.close();
    cat.stdin.write("after");
    expect(String((await cat.communicate())[0])).toBe("before");
  });

  test("throws a RuntimeError after writeEof(), also if the process exits before all is sent", async () => {
    const script = "exec 3<&0; sleep 3600 <&3 >&2 & echo $!";
    const shell = await createSubprocessShell(script, {
      stdin: PIPE,
      stdout: PIPE,
      stderr: DEVNULL,
    });
    shell.stdin.write(large);
    shell.stdin.writeEof();
    expect(await shell.wait()).toBe(0);
    expect(() => shell.stdin.write("after")).toThrow(RuntimeError);
    shell.stdin.abort();
    process.kill(Number(await shell.stdout.readline()));
  });

  test("throws TypeError for anything but text or bytes", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
    expect(() => cat.stdin.write(5 as never)).toThrow(TypeError);
    expect(() => cat.stdin.write(new ArrayBuffer(1) as never)).toThrow(TypeError);
    await cat.communicate();
  });

  // execa#474
  test("never crashes the parent when the child is gone", async () => {
    const process = await createSubprocessExec("true", [], { stdin: PIPE });
    process.stdin.write(large);
    await process.wait();
    process.stdin.write(large);
    process.stdin.write("x");
    await expect(process.stdin.drain()).rejects.toThrow(pipeError);
  });
});

describe("StreamWriter.writelines()", () => {
  // Bun and Deno make separate system calls of them.
  test.skipIf("Bun" in globalThis || "Deno" in globalThis)(
    "sends a small chunk and the large one after it in one piece",
    async () => {
      // Reads once.
      const args = ["bs=65536", "count=1", "status=none"];
      const dd = await createSubprocessExec("dd", args, { stdin: PIPE, stdout: PIPE });
      await expect.poll(() => stateOf(dd.pid)).toBe("S");
      dd.stdin.writelines(["small", Buffer.alloc(8192)]);
      expect((await dd.communicate())[0]).toHaveLength(5 + 8192);
    },
  );

  test("takes any iterable, and sends what precedes an invalid chunk", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    function* chunks() {
      yield "a";
      yield Buffer.alloc(5000, "b");
      yield 5 as never;
      yield "c";
    }
    expect(() => cat.stdin.writelines(chunks())).toThrow(TypeError);
    cat.stdin.write("d");
    expect(String((await cat.communicate())[0])).toBe(`a${"b".repeat(5000)}d`);
  });
});

describe("StreamWriter.drain()", () => {
  // test_subprocess.SubprocessMixin.test_stdin_broken_pipe
  test("rejects when the process ends with data unsent", async () => {
    using gate = await closedGate();
    const options = { stdin: PIPE, passFds: [gate.fd] } as const;
    const shell = await createSubprocessExec("bash", ["-c", `read <&${gate.fd}`], options);
    shell.stdin.write(large);
    const drain = shell.stdin.drain();
    gate.open();
    await expect(drain).rejects.toThrow(pipeError);
    await expect(shell.stdin.drain()).rejects.toThrow(pipeError);
    await expect(shell.stdin.waitClosed()).rejects.toThrow(pipeError);
    await shell.wait();
  });

  test("rejects at once after the process has ended, even if nothing is unsent", async () => {
    const child = await createSubprocessExec("true", [], { stdin: PIPE });
    await child.wait();
    await expect(child.stdin.drain()).rejects.toThrow(pipeError);
  });

  test.each([
    ["a small chunk", 10, {}],
    ["a large chunk", 500_000, {}],
    ["a small chunk through an operating system pipe", 10, { pipes: "os" }],
  ] as const)("rejects right after a failed write: %s", async (_, size, options) => {
    const script = "exec 0<&-; echo closed; exec sleep 3600";
    const pipes = { stdin: PIPE, stdout: PIPE, ...options } as const;
    await using shell = await createSubprocessShell(script, pipes);
    await shell.stdout.readline();
    shell.stdin.write(Buffer.alloc(size));
    await expect(shell.stdin.drain()).rejects.toThrow(pipeError);
    expect(shell.stdin.isClosing()).toBe(true);
    await expect(shell.stdin.waitClosed()).rejects.toThrow(pipeError);
  });

  test("lets the caller reuse the memory of a large chunk", async () => {
    using gate = await closedGate();
    const options = { stdin: PIPE, stdout: PIPE, passFds: [gate.fd] } as const;
    const script = `read <&${gate.fd}; exec cat`;
    const shell = await createSubprocessExec("bash", ["-c", script], options);
    const buffer = Buffer.alloc(16_384);
    const writing = (async () => {
      for (let block = 0; block < 100; block++) {
        buffer.fill(block);
        shell.stdin.write(buffer);
        await shell.stdin.drain();
      }
      shell.stdin.close();
    })();
    await expect.poll(() => shell.stdin.needsDrain).toBe(true);
    gate.open();
    const [received] = await Promise.all([shell.stdout.read(), writing]);
    const blocks = Array.from({ length: 100 }, (_, block) => Buffer.alloc(16_384, block));
    expect(received.equals(Buffer.concat(blocks))).toBe(true);
  });

  test("rejects when a running process closes its stdin", async () => {
    const script = "exec 0<&-; echo closed; exec sleep 3600";
    const shell = await createSubprocessShell(script, { stdin: PIPE, stdout: PIPE });
    await shell.stdout.readline();
    const feed = async () => {
      for (;;) {
        shell.stdin.write("data");
        await shell.stdin.drain();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(feed()).rejects.toThrow(pipeError);
    await shell[Symbol.asyncDispose]();
  });

  test("waits while more than 64 KiB are unsent, for any number of callers", async () => {
    using gate = await closedGate();
    const script = `read <&${gate.fd}; exec cat >/dev/null`;
    const options = { stdin: PIPE, passFds: [gate.fd] } as const;
    const shell = await createSubprocessExec("bash", ["-c", script], options);
    shell.stdin.write("x".repeat(1000));
    await shell.stdin.drain();
    shell.stdin.write(large);
    let drained = 0;
    const drains = [1, 2].map(() => shell.stdin.drain().then(() => (drained += 1)));
    const controller = new AbortController();
    const left = shell.stdin.drain(controller);
    controller.abort();
    await expect(left).rejects.toThrow(CancelledError);
    expect(drained).toBe(0);
    gate.open();
    await Promise.all(drains);
    await shell.communicate();
    expect(shell.returncode).toBe(0);
  });

  test("resolves once the process has taken enough", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const read = cat.stdout.readexactly(4 * large.length);
    for (let round = 0; round < 4; round++) {
      cat.stdin.write(large);
      await cat.stdin.drain();
    }
    expect((await read).length).toBe(4 * large.length);
    await cat.communicate();
  });

  test("rejects after the pipe is closed", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
    cat.stdin.close();
    await cat.stdin.waitClosed();
    await expect(cat.stdin.drain()).rejects.toThrow(
      expect.objectContaining({ code: "ECONNRESET" }),
    );
    await cat.wait();
  });
});

describe("StreamWriter.waitClosed()", () => {
  test("resolves for each caller once everything is sent", async () => {
    const wc = await createSubprocessExec("wc", ["-c"], { stdin: PIPE, stdout: PIPE });
    const early = wc.stdin.waitClosed();
    const controller = new AbortController();
    const left = wc.stdin.waitClosed(controller);
    controller.abort();
    await expect(left).rejects.toThrow(CancelledError);
    wc.stdin.write(large);
    wc.stdin.close();
    await Promise.all([early, wc.stdin.waitClosed()]);
    expect(Number((await wc.communicate())[0])).toBe(large.length);
  });

  test("resolves when another process has read what the first left in the pipe", async () => {
    const script = "exec 3<&0; wc -c <&3 &";
    const shell = await createSubprocessShell(script, { stdin: PIPE, stdout: PIPE });
    shell.stdin.write(large);
    await shell.wait();
    expect(shell.stdin.isClosing()).toBe(true);
    await shell.stdin.waitClosed();
    expect(Number(await shell.stdout.read())).toBe(large.length);
  });

  test("is awaited by await using a writer", async () => {
    const wc = await createSubprocessExec("wc", ["-c"], { stdin: PIPE, stdout: PIPE });
    {
      await using stdin = wc.stdin;
      stdin.write(large);
    }
    expect(Number((await wc.communicate())[0])).toBe(large.length);
  });
});

describe("StreamWriter.needsDrain", () => {
  test("is true when drain() would wait", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    expect(cat.stdin.needsDrain).toBe(false);
    cat.stdin.write(large);
    expect(cat.stdin.needsDrain).toBe(true);
    const [stdout] = await cat.communicate();
    expect(stdout.length).toBe(large.length);
    expect(cat.stdin.needsDrain).toBe(false);
  });
});

describe("StreamWriter.flush()", () => {
  test("sends small chunks immediately instead of at the end of the tick", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
    cat.stdin.write("text");
    expect(inspect(cat.stdin)).toBe("StreamWriter <4 bytes to send>");
    cat.stdin.flush();
    expect(inspect(cat.stdin)).toBe("StreamWriter <0 bytes to send>");
    cat.stdin.writeEof();
    expect(inspect(cat.stdin)).toBe("StreamWriter <0 bytes to send, eof, closing>");
    await cat.wait();
  });
});

describe("StreamWriter.abort()", () => {
  test("closes the pipe, and drops what is unsent", async () => {
    using gate = await closedGate();
    const options = { stdin: PIPE, stdout: PIPE, passFds: [gate.fd] } as const;
    const script = `read <&${gate.fd}; exec wc -c`;
    const shell = await createSubprocessExec("bash", ["-c", script], options);
    shell.stdin.write(large);
    shell.stdin.abort();
    expect(shell.stdin.isClosing()).toBe(true);
    await shell.stdin.waitClosed();
    await expect(shell.stdin.drain()).rejects.toThrow(pipeError);
    gate.open();
    expect(Number((await shell.communicate())[0])).toBeLessThan(large.length);
  });
});

describe("StreamWriter.getExtraInfo()", () => {
  test("returns the socket, and undefined for every other name", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
    expect(cat.stdin.getExtraInfo("socket")).toBe(cat.stdin.socket);
    expect(cat.stdin.getExtraInfo("peername")).toBe(undefined);
    expect(cat.stdin.getExtraInfo("pid", 5)).toBe(5);
    await cat.communicate();
  });
});

describe("StreamWriter.startTls()", () => {
  test("rejects with TypeError, and leaves the pipe unchanged", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    await expect(cat.stdin.startTls({})).rejects.toThrow(TypeError);
    expect(String((await cat.communicate("text"))[0])).toBe("text");
  });
});

describe("StreamWriter.toWritable() and .toWeb()", () => {
  const ways = {
    toWritable: (source: Readable, { stdin }: { stdin: StreamWriter }) =>
      pipeline(source, stdin.toWritable()),
    toWeb: (source: Readable, { stdin }: { stdin: StreamWriter }) =>
      (Readable.toWeb(source) as ReadableStream<Uint8Array>).pipeTo(stdin.toWeb()),
  };

  describe.each(Object.entries(ways))("%s()", (_, send) => {
    test("finishes when everything is sent", async () => {
      const wc = await createSubprocessExec("wc", ["-c"], { stdin: PIPE, stdout: PIPE });
      await send(Readable.from([large, Buffer.from("more")]), wc);
      expect(inspect(wc.stdin)).toBe("StreamWriter <0 bytes to send, eof, closed>");
      expect(Number(await wc.stdout.read())).toBe(large.length + 4);
    });

    test("fails if the last chunk cannot be sent", async () => {
      using gate = await closedGate();
      const options = { stdin: PIPE, passFds: [gate.fd] } as const;
      const shell = await createSubprocessExec("bash", ["-c", `read <&${gate.fd}`], options);
      const sending = send(Readable.from([large]), shell);
      await expect.poll(() => shell.stdin.needsDrain).toBe(true);
      gate.open();
      await expect(sending).rejects.toThrow(pipeError);
    });

    test("fails if the process ends while the source has nothing to send", async () => {
      const shell = await createSubprocessExec("true", [], { stdin: PIPE });
      const sending = send(new Readable({ read() {} }), shell);
      await expect(sending).rejects.toThrow(
        expect.objectContaining({ code: "ERR_STREAM_PREMATURE_CLOSE" }),
      );
    });

    test("aborts the pipe if the source fails", async () => {
      const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
      const source = Readable.from(
        (function* () {
          yield Buffer.from("text");
          throw new Error("no more");
        })(),
      );
      await expect(send(source, cat)).rejects.toThrow("no more");
      expect(cat.stdin.isClosing()).toBe(true);
      expect(await cat.wait()).toBe(0);
    });
  });

  test("encode text in the encoding given with it", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    const writable = cat.stdin.toWritable();
    writable.write("616263", "hex");
    writable.end("ü");
    expect(String(await cat.stdout.read())).toBe("abcü");
  });
});
