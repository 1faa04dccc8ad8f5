import { IncompleteReadError, LimitOverrunError } from "@aio/errors";
import { StreamReader } from "@aio/streams";
import { describe, expect, test } from "vitest";
import { text } from "./reading.ts";

function fed(...chunks: string[]): StreamReader {
  const reader = new StreamReader();
  for (const chunk of chunks) reader.feedData(chunk);
  return reader;
}

describe("StreamReader.readuntil()", () => {
  // test_streams.StreamTests.test_readuntil_separator
  test.each([[""], [[""]], [[]], [new Uint8Array(0)]])(
    "refuses %j as its separator with a RangeError",
    async (separator) => {
      await expect(new StreamReader().readuntil(separator)).rejects.toThrow(RangeError);
      await expect(new StreamReader().readuntil(separator)).rejects.toThrow(/Invalid separator/);
    },
  );

  test("refuses an invalid separator even if an error is stored", async () => {
    const reader = new StreamReader();
    reader.setException(new Error("lost"));
    await expect(reader.readuntil(10 as never)).rejects.toThrow(TypeError);
  });

  // test_streams.StreamTests.test_readuntil_multi_chunks
  test("returns the data with its separator, and leaves the rest", async () => {
    const reader = fed("lineAAA");
    expect(await text(reader.readuntil("AAA"))).toBe("lineAAA");
    reader.feedData("lineAAAxxx");
    expect(await text(reader.readuntil("AAA"))).toBe("lineAAA");
    expect(await text(reader.read(10))).toBe("xxx");
  });

  // test_streams.StreamTests.test_readuntil_multi_chunks_1
  test.each([
    [["QWEaa", "XYaa", "a"], "QWEaaXYaaa"],
    [["QWEaa", "XYa", "aa"], "QWEaaXYaaa"],
    [["aaa"], "aaa"],
    [["Xaaa"], "Xaaa"],
    [["XXX", "a", "a", "a"], "XXXaaa"],
  ])("finds a separator that spans the chunks %j", async (chunks, expected) => {
    const reader = fed(...chunks);
    expect(await text(reader.readuntil("aaa"))).toBe(expected);
    expect(reader.bufferedLength).toBe(0);
  });

  test.each([
    [["QWEaa", "XYaa", "a"], "QWEaaXYaaa"],
    [["QWEaa", "XYa", "aa"], "QWEaaXYaaa"],
    [["XXX", "a", "a", "a"], "XXXaaa"],
  ])("also finds it when the chunks %j arrive while it waits", async (chunks, expected) => {
    const reader = new StreamReader();
    const read = reader.readuntil("aaa");
    for (const chunk of chunks) reader.feedData(chunk);
    expect(await text(read)).toBe(expected);
  });

  // test_streams.StreamTests.test_readuntil_eof
  test("rejects at end of input with the partial data, and leaves the buffer empty", async () => {
    const reader = fed("some dataAA");
    reader.feedEof();
    const error = await reader.readuntil("AAA").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({
      partial: Buffer.from("some dataAA"),
      expected: undefined,
      message: "11 bytes read before the end of the input, without the separator",
    });
    expect(reader.bufferedLength).toBe(0);
  });

  test("finds a separator that arrived before end of input", async () => {
    const reader = fed("one;two");
    reader.feedEof();
    expect(await text(reader.readuntil(";"))).toBe("one;");
  });

  // test_streams.StreamTests.test_readuntil_limit_found_sep
  test("rejects beyond the limit, reports how much can be read safely, and consumes nothing", async () => {
    const reader = new StreamReader({ limit: 3 });
    reader.feedData("some dataAA");
    await expect(reader.readuntil("AAA")).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining("Found no separator"),
        consumed: 9,
      }),
    );
    expect(reader.bufferedLength).toBe(11);
    reader.feedData("A");
    await expect(reader.readuntil("AAA")).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining("Found the separator after"),
        consumed: 9,
      }),
    );
    expect(reader.bufferedLength).toBe(12);
    expect(await text(reader.readexactly(9))).toBe("some data");
    expect(await text(reader.readuntil("AAA"))).toBe("AAA");
  });

  test("counts bytes as safe to read if they cannot begin a separator", async () => {
    const reader = new StreamReader({ limit: 4 });
    reader.feedData("12345678");
    const error = await reader.readuntil("\r\n").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LimitOverrunError);
    expect(error).toMatchObject({ consumed: 7 });
  });

  test("accepts exactly limit bytes before the separator", async () => {
    const reader = new StreamReader({ limit: 4 });
    reader.feedData("1234;12345;");
    expect(await text(reader.readuntil(";"))).toBe("1234;");
    await expect(reader.readuntil(";")).rejects.toThrow(LimitOverrunError);
  });

  // test_streams.StreamTests.test_readuntil_multi_separator
  test("picks the separator that ends first", async () => {
    const reader = fed("line 1\nline 2\r");
    expect(await text(reader.readuntil(["\r", "\n"]))).toBe("line 1\n");
    expect(await text(reader.readuntil(["\r", "\n"]))).toBe("line 2\r");
    reader.feedData("ABCDEFG");
    expect(await text(reader.readuntil(["DEF", "BCDE"]))).toBe("ABCDE");
    expect(await text(reader.read(10))).toBe("FG");
  });

  // test_streams.StreamTests.test_readuntil_multi_separator_limit
  test("measures the limit up to the shortest of several separators that end together", async () => {
    const reader = new StreamReader({ limit: 3 });
    reader.feedData("some dataA");
    await expect(reader.readuntil(["A", "ome dataA"])).rejects.toThrow(
      /after 9 bytes, not within the limit of 3 bytes/,
    );
    expect(reader.bufferedLength).toBe(10);
  });

  // test_streams.StreamTests.test_readuntil_multi_separator_negative_offset
  test("finds a short separator although a longer one would not fit yet", async () => {
    const reader = fed("data");
    const read = reader.readuntil(["A", "long sep"]);
    reader.feedData("Z");
    reader.feedData("Aaaa");
    expect(await text(read)).toBe("dataZA");
    expect(await text(reader.read(10))).toBe("aaa");
  });

  test("finds a distant separator although another never arrives", async () => {
    const body = "x".repeat(50_000);
    const reader = fed(body, "\r", "\n", "tail");
    expect(await text(reader.readuntil(["never", "\r\n"]))).toBe(`${body}\r\n`);
  });

  // test_streams.StreamTests.test_readuntil_bytearray
  test("accepts a separator given as bytes", async () => {
    const reader = fed("some data\r\n");
    expect(await text(reader.readuntil(new Uint8Array([13, 10])))).toBe("some data\r\n");
  });
});
