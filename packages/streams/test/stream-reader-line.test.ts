import { LimitOverrunError } from "@aio/errors";
import { StreamReader } from "@aio/streams";
import { describe, expect, test } from "vitest";
import { text } from "./reading.ts";

function limited(limit: number, ...chunks: string[]): StreamReader {
  const reader = new StreamReader({ limit });
  for (const chunk of chunks) reader.feedData(chunk);
  return reader;
}

describe("StreamReader.readline()", () => {
  // test_streams.StreamTests.test_readline
  test("waits for the newline, and leaves what follows it", async () => {
    const reader = new StreamReader();
    reader.feedData("chunk1 ");
    const line = reader.readline();
    for (const chunk of ["chunk2 ", "chunk3 ", "\n chunk4"]) reader.feedData(chunk);
    expect(await text(line)).toBe("chunk1 chunk2 chunk3 \n");
    expect(await text(reader.read(10))).toBe(" chunk4");
  });

  // test_streams.StreamTests.test_readline_nolimit_nowait
  test("takes a line from the buffer without waiting", async () => {
    const reader = limited(65_536, "line1\n", "line2\nline3\n");
    expect(await text(reader.readline())).toBe("line1\n");
    expect(reader.bufferedLength).toBe(12);
  });

  // test_streams.StreamTests.test_readline_limit_with_existing_data
  test("rejects a line that is too long, drops it, and leaves the next", async () => {
    const reader = limited(3, "li", "ne1\nline2\n");
    await expect(reader.readline()).rejects.toThrow(LimitOverrunError);
    expect(reader.bufferedLength).toBe(6);
    const unended = limited(3, "li", "ne1", "li");
    await expect(unended.readline()).rejects.toThrow(LimitOverrunError);
    expect(unended.bufferedLength).toBe(0);
  });

  // test_streams.StreamTests.test_readline_limit
  test("rejects a line that becomes too long while it waits", async () => {
    const reader = new StreamReader({ limit: 7 });
    const line = reader.readline();
    for (const chunk of ["chunk1", "chunk2\n", "chunk3\n"]) reader.feedData(chunk);
    await expect(line).rejects.toThrow(LimitOverrunError);
    expect(reader.bufferedLength).toBe(7);
  });

  // test_streams.StreamTests.test_readline_limit
  test("accepts exactly limit bytes before the newline", async () => {
    const reader = limited(7, "1234567\n");
    expect(await text(reader.readline())).toBe("1234567\n");
    reader.feedData("12345678\n");
    await expect(reader.readline()).rejects.toThrow(LimitOverrunError);
    expect(reader.bufferedLength).toBe(0);
    reader.feedData("12345678");
    await expect(reader.readline()).rejects.toThrow(LimitOverrunError);
    expect(reader.bufferedLength).toBe(0);
  });

  test("reads the tail of a dropped line as another line", async () => {
    const reader = limited(3, "12345");
    await expect(reader.readline()).rejects.toThrow(LimitOverrunError);
    reader.feedData("67\nok\n");
    expect(await text(reader.readline())).toBe("67\n");
    expect(await text(reader.readline())).toBe("ok\n");
  });

  // test_streams.StreamTests.test_readline_eof
  // test_streams.StreamTests.test_readline_empty_eof
  test("returns the last line without a newline, and then an empty buffer", async () => {
    const reader = limited(100, "some data");
    reader.feedEof();
    expect(await text(reader.readline())).toBe("some data");
    expect(await text(reader.readline())).toBe("");
  });

  // test_streams.StreamTests.test_readline_read_byte_count
  test("can be mixed with read()", async () => {
    const reader = limited(100, "line1\nline2\nline3\n");
    await reader.readline();
    expect(await text(reader.read(7))).toBe("line2\nl");
    expect(await text(reader.read(100))).toBe("ine3\n");
  });

  // test_streams.StreamTests.test_readline_exception
  test("rejects with a stored error", async () => {
    const reader = limited(100, "line\n");
    expect(await text(reader.readline())).toBe("line\n");
    reader.setException(new Error("lost"));
    await expect(reader.readline()).rejects.toThrow("lost");
  });

  // split2 takes 22 s for one line of 8 MiB in pieces of 1 KiB.
  test("takes time proportional to the bytes of a line, not to its chunks", async () => {
    const piece = Buffer.alloc(1024, "x");
    const timeFor = async (pieces: number): Promise<number> => {
      const reader = new StreamReader({ limit: 64 * 1024 * 1024 });
      const start = process.cpuUsage();
      const line = reader.readline();
      for (let fed = 0; fed < pieces; fed++) reader.feedData(piece);
      reader.feedData("\n");
      expect((await line).length).toBe(pieces * 1024 + 1);
      return Math.max(200, process.cpuUsage(start).user);
    };
    const leastFor = async (pieces: number): Promise<number> => {
      let least = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 5; run++) least = Math.min(least, await timeFor(pieces));
      return least;
    };
    // Linear is 64 times as long, and some more beyond the processor's caches; quadratic is 4,096 times.
    expect((await leastFor(16 * 1024)) / (await leastFor(256))).toBeLessThan(1000);
  });
});

describe("StreamReader, iterated", () => {
  test("yields each line with its newline, blank lines and an unterminated last one included", async () => {
    const reader = limited(100, "a\n\n", "b\r\nc");
    reader.feedEof();
    const lines: string[] = [];
    for await (const line of reader) lines.push(String(line));
    expect(lines).toEqual(["a\n", "\n", "b\r\n", "c"]);
  });

  // In Node, leaving the loop destroys the stream (nodejs/node#46717).
  test("continues where the previous loop stopped", async () => {
    const reader = limited(100, "a\nb\nc\n");
    for await (const line of reader) {
      expect(String(line)).toBe("a\n");
      break;
    }
    expect(await text(reader.readline())).toBe("b\n");
    reader.feedEof();
    for await (const line of reader) expect(String(line)).toBe("c\n");
  });

  // In Node, lines that arrive before the loop begins are lost (nodejs/node#28565).
  test("yields the lines that arrived before the loop began", async () => {
    const reader = limited(100);
    reader.feedData("early 1\nearly 2\n");
    await new Promise(setImmediate);
    reader.feedEof();
    const lines: string[] = [];
    for await (const line of reader.lines()) {
      await new Promise(setImmediate);
      lines.push(line);
    }
    expect(lines).toEqual(["early 1", "early 2"]);
  });

  test("throws out of the loop on error, and can be iterated again after a line beyond the limit", async () => {
    const reader = limited(3, "12345\nok\n");
    reader.feedEof();
    const all = async (): Promise<string[]> => {
      const lines: string[] = [];
      for await (const line of reader) lines.push(String(line));
      return lines;
    };
    await expect(all()).rejects.toThrow(LimitOverrunError);
    expect(await all()).toEqual(["ok\n"]);
  });

  test("waits for lines that have not arrived", async () => {
    const reader = limited(100);
    const iterator = reader[Symbol.asyncIterator]();
    const first = iterator.next();
    reader.feedData("late\n");
    expect(await first).toEqual({ value: Buffer.from("late\n"), done: false });
    reader.setException(new Error("lost"));
    await expect(iterator.next()).rejects.toThrow("lost");
  });
});

describe("StreamReader, iterated as bytes and as text,", () => {
  test.each([1, 7, 64, 4096])(
    "yields each byte once, in order, between other calls: chunks of %d",
    async (size) => {
      const source = Buffer.from("é\n\nmore\n€5 for a longer line\n".repeat(40));
      const reader = new StreamReader();
      for (let at = 0; at < source.length; at += size) {
        reader.feedData(source.subarray(at, at + size));
      }
      reader.feedEof();
      const bytes = [reader[Symbol.asyncIterator](), reader[Symbol.asyncIterator]()] as const;
      const texts = [reader.lines(), reader.lines()] as const;
      const got: Buffer[] = [];
      for (let turn = 0; !reader.atEof(); turn++) {
        const which = turn % 2 === 0 ? 0 : 1;
        got.push((await bytes[which].next()).value ?? Buffer.alloc(0));
        const line = await texts[which].next();
        if (line.done !== true) got.push(Buffer.from(`${line.value}\n`));
        got.push(await reader.read(1 + (turn % 9)), reader.readlineNowait() ?? Buffer.alloc(0));
      }
      expect(String(Buffer.concat(got))).toBe(String(source));
    },
  );
});

describe.each([
  ["StreamReader, iterated,", (reader: StreamReader) => reader],
  ["StreamReader.lines()", (reader: StreamReader) => reader.lines()],
])("%s", (_, iterate) => {
  test("yields the lines of a chunk that is longer than any string can be", async () => {
    const chunk = Buffer.alloc(600_000_000);
    chunk.write("first\nsecond\n");
    chunk[chunk.length - 1] = 10;
    const reader = new StreamReader();
    reader.feedData(chunk);
    const lines: string[] = [];
    for await (const line of iterate(reader)) {
      lines.push(String(line).trimEnd());
      if (lines.length === 2) break;
    }
    expect(lines).toEqual(["first", "second"]);
  });

  // If each loop decoded the rest of the chunk, that would be 0.3 TB: a minute or more.
  test("takes time in proportion to the lines, even with a new loop for each of a chunk", async () => {
    const count = 200_000;
    const reader = limited(100, "a line of input\n".repeat(count));
    reader.feedEof();
    let read = 0;
    while (!reader.atEof()) {
      for await (const line of iterate(reader)) {
        read += line.length > 0 ? 1 : 0;
        break;
      }
    }
    expect(read).toBe(count);
  });

  test("yields the lines of a chunk that is fed twice in a row", async () => {
    const chunk = Buffer.from(`${"x".repeat(99)}\n`.repeat(30));
    const reader = new StreamReader();
    reader.feedData(chunk);
    reader.feedData(chunk);
    reader.feedEof();
    const lengths: number[] = [];
    for await (const line of iterate(reader)) lengths.push(String(line).trimEnd().length);
    expect(lengths).toEqual(Array(60).fill(99));
  });

  test("yields lines of any length up to the limit", async () => {
    const sizes = [0, 1, 1023, 1024, 1025, 70_000, 3, 65_535, 65_536, 65_537, 200_000, 0];
    const sent = sizes.map((size, index) => (index % 2 === 0 ? "x" : "é").repeat(size));
    const reader = limited(1 << 20, `${sent.join("\n")}\n`);
    reader.feedEof();
    const lines: string[] = [];
    for await (const line of iterate(reader)) lines.push(String(line).trimEnd());
    expect(lines).toEqual(sent);
  });
});

describe("StreamReader.lines()", () => {
  test("yields text without line endings", async () => {
    const reader = limited(100, "é\r\n\n", "a\rb\n", "last\r");
    reader.feedEof();
    const lines: string[] = [];
    for await (const line of reader.lines()) lines.push(line);
    expect(lines).toEqual(["é", "", "a\rb", "last\r"]);
  });

  test("decodes latin1 on request, and refuses unknown encodings", async () => {
    const reader = limited(100);
    reader.feedData(Buffer.from([0xe9, 10]));
    reader.feedEof();
    for await (const line of reader.lines({ encoding: "latin1" })) expect(line).toBe("é");
    expect(() => reader.lines({ encoding: "utf16le" as never })).toThrow(TypeError);
  });

  test("rejects when its signal aborts, and consumes nothing", async () => {
    const reader = limited(100, "par");
    const controller = new AbortController();
    const next = reader.lines(controller).next();
    controller.abort();
    await expect(next).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    reader.feedData("tial\n");
    expect(await text(reader.readline())).toBe("partial\n");
  });
});
