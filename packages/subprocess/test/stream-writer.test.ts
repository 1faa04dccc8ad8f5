import {
  CancelledError,
  PIPE,
  RuntimeError,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { closedGate } from "./gate.ts";

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

  test("lets a small buffer be used again at once", async () => {
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

  test("throws a TypeError for what is neither text nor bytes", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE });
    expect(() => cat.stdin.write(5 as never)).toThrow(TypeError);
    expect(() => cat.stdin.write(new ArrayBuffer(1) as never)).toThrow(TypeError);
    await cat.communicate();
  });

  // execa#474
  test("never crashes this process when the other one is gone", async () => {
    const process = await createSubprocessExec("true", [], { stdin: PIPE });
    process.stdin.write(large);
    await process.wait();
    process.stdin.write(large);
    process.stdin.write("x");
    await expect(process.stdin.drain()).rejects.toThrow(pipeError);
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

  test("rejects at once after the end of the process, with nothing unsent too", async () => {
    const child = await createSubprocessExec("true", [], { stdin: PIPE });
    await child.wait();
    await expect(child.stdin.drain()).rejects.toThrow(pipeError);
  });

  test("rejects when what the process left behind has not taken everything", async () => {
    const script = "exec 3<&0; sleep 3600 <&3 & echo $!";
    const shell = await createSubprocessShell(script, { stdin: PIPE, stdout: PIPE });
    shell.stdin.write(large);
    const drain = shell.stdin.drain();
    const child = Number(await shell.stdout.readline());
    await expect(drain).rejects.toThrow(pipeError);
    await expect(shell.stdin.drain()).rejects.toThrow(pipeError);
    await expect(shell.stdin.waitClosed()).rejects.toThrow(pipeError);
    process.kill(child);
  });

  test("rejects when a living process closes its input", async () => {
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

  test("waits while more than 64 KiB wait, for any number of callers", async () => {
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

  test("is what await using a writer waits for", async () => {
    const wc = await createSubprocessExec("wc", ["-c"], { stdin: PIPE, stdout: PIPE });
    {
      await using stdin = wc.stdin;
      stdin.write(large);
    }
    expect(Number((await wc.communicate())[0])).toBe(large.length);
  });
});
