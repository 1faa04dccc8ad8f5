import { getEventListeners } from "node:events";
import { CancelledError, RuntimeError, TimeoutError } from "@aio/errors";
import { StreamReader } from "@aio/streams";
import { describe, expect, test } from "vitest";
import { text } from "./reading.ts";

/** A reader over a source that records its pause and resume calls. */
function held(limit: number): { reader: StreamReader; told: string[] } {
  const told: string[] = [];
  const source = { pause: () => told.push("pause"), resume: () => told.push("resume") };
  return { reader: new StreamReader({ limit, source }), told };
}

const zeros = (size: number): Buffer => Buffer.alloc(size);

describe("StreamReader's source", () => {
  test("is paused once more than twice the limit is buffered", () => {
    const { reader, told } = held(4096);
    reader.feedData(zeros(8192));
    expect(told).toEqual([]);
    reader.feedData(zeros(1));
    expect(told).toEqual(["pause"]);
    reader.feedData(zeros(1));
    expect(told).toEqual(["pause"]);
  });

  test("is resumed by the call that drains the buffer to the limit", async () => {
    const { reader, told } = held(4096);
    reader.feedData(zeros(8193));
    await reader.readexactly(4096);
    expect(told).toEqual(["pause"]);
    await reader.read(1);
    expect(told).toEqual(["pause", "resume"]);
  });

  test("is resumed when readline() drops a line beyond the limit", async () => {
    const { reader, told } = held(4);
    reader.feedData("123456789");
    await expect(reader.readline()).rejects.toThrow(/limit/);
    expect(told).toEqual(["pause", "resume"]);
  });

  test("is resumed by a call that has to wait, and stays resumed while it waits", async () => {
    const { reader, told } = held(4);
    reader.feedData(zeros(9));
    const read = reader.readexactly(100);
    expect(told).toEqual(["pause", "resume"]);
    reader.feedData(zeros(80));
    expect(told).toEqual(["pause", "resume"]);
    reader.feedData(zeros(20));
    expect((await read).length).toBe(100);
    expect(told).toEqual(["pause", "resume", "pause"]);
  });

  test("is paused again when a call that waits for more bytes is aborted", async () => {
    const { reader, told } = held(4);
    const controller = new AbortController();
    const read = reader.read(-1, controller);
    reader.feedData(zeros(100));
    expect(told).toEqual([]);
    controller.abort();
    expect(told).toEqual(["pause"]);
    await expect(read).rejects.toThrow(CancelledError);
    expect(reader.bufferedLength).toBe(100);
  });

  test("may feed the reader from within its resume callback", async () => {
    const source = { pause() {}, resume: () => reader.feedData("more\n") };
    const reader: StreamReader = new StreamReader({ limit: 4, source });
    reader.feedData("123456789");
    expect(await text(reader.readexactly(9))).toBe("123456789");
    expect(await text(reader.readline())).toBe("more\n");
  });
});

describe("StreamReader with two waiting calls", () => {
  test("rejects the second with a RuntimeError, and answers the first", async () => {
    const reader = new StreamReader();
    const first = reader.readline();
    await expect(reader.read(1)).rejects.toThrow(RuntimeError);
    await expect(reader.read(1)).rejects.toThrow("Cannot wait in read(): readline() already waits");
    reader.feedData("line\n");
    expect(await text(first)).toBe("line\n");
  });

  test("answers a second call that need not wait, and the first still finds its separator", async () => {
    const reader = new StreamReader();
    reader.feedData("abc\r");
    const first = reader.readuntil("\r\n");
    expect(await text(reader.read(2))).toBe("ab");
    reader.feedData("\n");
    expect(await text(first)).toBe("c\r\n");
  });

  test("accepts another call as soon as the waiting one is aborted", async () => {
    const reader = new StreamReader();
    const controller = new AbortController();
    const first = reader.readline(controller);
    controller.abort();
    const second = reader.readline();
    reader.feedData("line\n");
    expect(await text(second)).toBe("line\n");
    await expect(first).rejects.toThrow(CancelledError);
  });
});

const calls: Record<string, (reader: StreamReader, signal: AbortSignal) => Promise<unknown>> = {
  "read()": (reader, signal) => reader.read(-1, { signal }),
  "readexactly()": (reader, signal) => reader.readexactly(10, { signal }),
  "readuntil()": (reader, signal) => reader.readuntil(";", { signal }),
  "readline()": (reader, signal) => reader.readline({ signal }),
};

describe.each(Object.entries(calls))("StreamReader.%s, aborted", (_name, call) => {
  test("rejects with CancelledError, caused by the reason, and consumes nothing", async () => {
    const reader = new StreamReader();
    const controller = new AbortController();
    reader.feedData("abc");
    const read = call(reader, controller.signal);
    reader.feedData("def");
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(read).rejects.toThrow(CancelledError);
    await expect(read).rejects.toHaveProperty("cause", reason);
    reader.feedData("\n");
    expect(await text(reader.readline())).toBe("abcdef\n");
  });

  test("leaves no listener on the signal, whatever the outcome", async () => {
    const { signal } = new AbortController();
    const reader = new StreamReader();
    const read = call(reader, signal);
    expect(getEventListeners(signal, "abort").length).toBe(1);
    reader.feedData("0123456789;\n");
    reader.feedEof();
    await read;
    const failing = new StreamReader();
    const failed = call(failing, signal);
    failing.setException(new Error("lost"));
    await expect(failed).rejects.toThrow("lost");
    expect(getEventListeners(signal, "abort").length).toBe(0);
  });

  test("takes nothing, and ignores a stored error, if the signal has already aborted", async () => {
    const reader = new StreamReader();
    reader.feedData("0123456789;\n");
    await expect(call(reader, AbortSignal.abort())).rejects.toThrow(CancelledError);
    expect(reader.bufferedLength).toBe(12);
    reader.setException(new Error("lost"));
    await expect(call(reader, AbortSignal.abort())).rejects.toThrow(CancelledError);
  });

  test("rejects with TimeoutError when the signal times out", async () => {
    const reason = new DOMException("time", "TimeoutError");
    await expect(call(new StreamReader(), AbortSignal.abort(reason))).rejects.toThrow(TimeoutError);
  });

  test("rejects a value that is not an AbortSignal, and never throws", async () => {
    await expect(call(new StreamReader(), 5 as never)).rejects.toThrow(TypeError);
  });
});

describe("StreamReader.readinto(), aborted", () => {
  test("leaves the target and the buffered bytes unchanged", async () => {
    const reader = new StreamReader();
    const controller = new AbortController();
    const target = Buffer.from("----");
    const read = reader.readinto(target, controller);
    controller.abort();
    reader.feedData("ab");
    await expect(read).rejects.toThrow(CancelledError);
    expect(String(target)).toBe("----");
    expect(await reader.readinto(target)).toBe(2);
    expect(String(target)).toBe("ab--");
  });
});
