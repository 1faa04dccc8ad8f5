import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { failureOf, isPending, pattern, until } from "@aio/contract";
import { RuntimeError, StreamReader } from "@aio/streams";
import { describe, expect, test } from "vitest";
import { tcpPair } from "./pairs.ts";
import { text } from "./reading.ts";

const sent = pattern(1_000_000);

function* pieces(): Generator<Buffer> {
  for (let start = 0; start < sent.length; start += 10_001) {
    yield sent.subarray(start, start + 10_001);
  }
}

async function* later(): AsyncGenerator<Buffer> {
  for (const piece of pieces()) {
    await Promise.resolve();
    yield piece;
  }
}

function failing(): never {
  throw new Error("The source cannot be closed");
}

describe("StreamReader.from()", () => {
  test.each([
    ["an iterable", () => pieces()],
    ["an async iterable", () => later()],
    ["a Node stream", () => Readable.from(pieces(), { objectMode: false })],
    ["a Node stream of chunks", () => Readable.from(pieces())],
    ["a web stream", () => new Blob([sent]).stream()],
    ["bytes", () => sent],
  ])("reads %s to the end", async (_name, origin) => {
    const reader = StreamReader.from(origin() as Readable, { limit: 20_000 });
    const first = await reader.readexactly(30_000);
    const rest = await reader.read();
    expect(Buffer.concat([first, rest]).equals(sent)).toBe(true);
    expect(reader.atEof()).toBe(true);
  });

  test.each([
    ["an iterable", { next: () => ({ value: 5 }), return: () => failing() }],
    ["an async iterable", { next: async () => ({ value: 5 }), return: async () => failing() }],
  ])(
    "rejects with TypeError alone when %s yields something other than bytes and also fails to close",
    async (kind, chunks) => {
      const name = kind === "an iterable" ? Symbol.iterator : Symbol.asyncIterator;
      const reader = StreamReader.from({ [name]: () => chunks } as never);
      expect(await failureOf(reader.read())).toBeInstanceOf(TypeError);
      // An unhandled rejection would fail the run.
      expect(await isPending(new Promise(() => {}))).toBe(true);
    },
  );

  test.each([
    ["an async iterable", (source: AsyncIterable<Buffer>) => source],
    ["a Node stream", (source: AsyncIterable<Buffer>) => Readable.from(source)],
    ["a web stream", (source: AsyncIterable<Buffer>) => Readable.toWeb(Readable.from(source))],
  ])("applies backpressure to %s until the reader is read", async (_name, origin) => {
    let taken = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const piece of later()) {
        taken += piece.length;
        yield piece;
      }
    }
    const reader = StreamReader.from(origin(counted()) as Readable, { limit: 20_000 });
    expect(await isPending(new Promise(() => {}))).toBe(true);
    expect(reader.bufferedLength).toBeLessThanOrEqual(60_000);
    expect(taken).toBeLessThan(sent.length);
    expect((await reader.read()).equals(sent)).toBe(true);
  });

  // test_streams.StreamTests.test_read_all_from_pipe_reader
  test("reads everything from a pipe, whatever the limit", async () => {
    const { stdout } = spawn("printf", ["1\\n2\\n3\\n"]);
    expect(await text(StreamReader.from(stdout, { limit: 1 }).read())).toBe("1\n2\n3\n");
  });

  test.each([
    ["paused", (stream: Readable) => stream.pause()],
    ["unpiped", (stream: Readable) => stream.pipe(new PassThrough()) && stream.unpipe()],
  ])("reads a Node stream that was %s", async (_, stop) => {
    const stream = Readable.from([Buffer.from("a\n")]);
    stop(stream);
    expect(await text(StreamReader.from(stream).readline())).toBe("a\n");
  });

  test("reads text as UTF-8", async () => {
    expect(await text(StreamReader.from(["é", "\n"]).readline())).toBe("é\n");
  });

  test("passes an error on after the bytes that came before it", async () => {
    const error = new Error("broken");
    function* failing(): Generator<string> {
      yield "before";
      throw error;
    }
    for (const origin of [failing(), Readable.from(failing())]) {
      const reader = StreamReader.from(origin);
      await until(() => reader.exception() !== null);
      expect(String(reader.readNowait(6))).toBe("before");
      await expect(reader.read()).rejects.toBe(error);
    }
  });

  test("rejects when a stream closes before it ends", async () => {
    const stream = new Readable({ read() {} });
    const reader = StreamReader.from(stream);
    stream.push("part");
    await until(() => reader.bufferedLength === 4);
    stream.destroy();
    await until(() => reader.exception() !== null);
    await expect(reader.read()).rejects.toHaveProperty("code", "ERR_STREAM_PREMATURE_CLOSE");
  });

  test("refuses a source that does not yield bytes or text", async () => {
    expect(() => StreamReader.from(5 as never)).toThrow(TypeError);
    await expect(StreamReader.from([5] as never).read()).rejects.toThrow(TypeError);
    const stream = Readable.from([{ no: "bytes" }]);
    await expect(StreamReader.from(stream).read()).rejects.toThrow(TypeError);
    expect(stream.destroyed).toBe(true);
  });
});

describe("StreamReader.toReadable()", () => {
  test("delivers every byte, then ends", async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of StreamReader.from(later()).toReadable()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  test("leaves the reader usable when it is destroyed", async () => {
    const reader = new StreamReader();
    const readable = reader.toReadable();
    readable.resume();
    await new Promise(setImmediate);
    readable.destroy();
    reader.feedData("for the next\n");
    expect(await text(reader.readline())).toBe("for the next\n");
  });

  test("gives back what it has not passed on, in order, even the bytes of a read that has just resolved", async () => {
    const reader = new StreamReader();
    const readable = reader.toReadable().on("readable", () => {});
    reader.feedData("first ");
    await new Promise(setImmediate);
    expect(readable.read(100)).toBeNull();
    reader.feedData("second ");
    reader.feedData("third");
    readable.destroy();
    await new Promise((resolve) => readable.once("close", resolve));
    expect(String(reader.readNowait(100))).toBe("first second third");
  });

  test("gives back bytes that it holds, for which a call waits meanwhile", async () => {
    const reader = new StreamReader();
    const readable = reader.toReadable();
    reader.feedData("line\n");
    readable.read();
    await until(() => readable.readableLength > 0);
    reader.feedData("rest");
    const line = reader.readline();
    readable.destroy();
    expect(await text(line)).toBe("line\n");
    expect(String(reader.readNowait(10))).toBe("rest");
  });

  test("passes the reader's error on", async () => {
    const reader = new StreamReader();
    reader.setException(new Error("lost"));
    await expect(reader.toReadable().toArray()).rejects.toThrow("lost");
  });
});

describe("StreamReader.toWeb()", () => {
  test("delivers every byte, then ends", async () => {
    const received = await new Response(StreamReader.from(later()).toWeb()).arrayBuffer();
    expect(Buffer.from(received).equals(sent)).toBe(true);
  });

  test("leaves the reader usable when it is cancelled", async () => {
    const reader = new StreamReader();
    const stream = reader.toWeb().getReader();
    const read = stream.read();
    await new Promise(setImmediate);
    await stream.cancel();
    expect(await read).toEqual({ value: undefined, done: true });
    reader.feedData("for the next\n");
    expect(await text(reader.readline())).toBe("for the next\n");
  });
});

describe("StreamWriter.toWritable()", () => {
  test("applies backpressure to a pipeline, and ends the output", async () => {
    await using pair = await tcpPair();
    const piping = pipeline(Readable.from(later()), pair.writer.toWritable());
    const received = await pair.peer.receiveAll();
    await piping;
    expect(received.equals(sent)).toBe(true);
    await pair.peer.send("reply");
    expect(await text(pair.reader.readexactly(5))).toBe("reply");
  });

  test("aborts the connection when it is destroyed with an error", async () => {
    await using pair = await tcpPair();
    const writable = pair.writer.toWritable();
    writable.on("error", () => {});
    writable.destroy(new Error("no more"));
    await pair.writer.waitClosed();
  });

  test("emits an error, and does not throw, when the writer refuses a chunk", async () => {
    await using pair = await tcpPair();
    const writable = pair.writer.toWritable();
    pair.writer.writeEof();
    const failed = once(writable, "error");
    writable.write("more");
    expect((await failed)[0]).toBeInstanceOf(RuntimeError);
  });
});

describe("StreamWriter.toWeb()", () => {
  test("accepts pipeTo(), and ends the output", async () => {
    await using pair = await tcpPair();
    const piping = StreamReader.from(later()).toWeb().pipeTo(pair.writer.toWeb());
    expect((await pair.peer.receiveAll()).equals(sent)).toBe(true);
    await piping;
  });
});
