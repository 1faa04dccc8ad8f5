import { inspect } from "node:util";
import { IncompleteReadError } from "@aio/errors";
import { StreamReader } from "@aio/streams";
import { describe, expect, test } from "vitest";
import { text } from "./reading.ts";
import { unhearable } from "./waiting.ts";

const data = "line1\nline2\nline3\n";

describe("new StreamReader()", () => {
  // test_streams.StreamTests.test_invalid_limit
  test.each([0, -1, Number.NaN, 1.5, Number.POSITIVE_INFINITY])(
    "refuses %d as its limit with a RangeError that names it",
    (limit) => {
      expect(() => new StreamReader({ limit })).toThrow(RangeError);
      expect(() => new StreamReader({ limit })).toThrow(/limit/);
    },
  );
});

describe("StreamReader.read()", () => {
  test("consumes nothing if its signal refuses listeners", async () => {
    const reader = new StreamReader();
    await expect(reader.read(5, { signal: unhearable() })).rejects.toThrow(
      "This signal refuses listeners",
    );
    const reading = reader.read(5);
    reader.feedData("bytes");
    expect(await text(reading)).toBe("bytes");
  });
});

describe("StreamReader.feedData()", () => {
  // test_streams.StreamTests.test_feed_empty_data
  test("does nothing for an empty chunk", () => {
    const reader = new StreamReader();
    reader.feedData("");
    expect(reader.bufferedLength).toBe(0);
  });

  // test_streams.StreamTests.test_feed_nonempty_data
  test("buffers bytes that no call waits for", () => {
    const reader = new StreamReader();
    reader.feedData(data);
    expect(reader.bufferedLength).toBe(data.length);
  });

  test("throws after feedEof()", () => {
    const reader = new StreamReader();
    reader.feedEof();
    expect(() => reader.feedData("late")).toThrow("Cannot feed data: feedEof() was called");
  });

  test("accepts any view of bytes, and encodes text as UTF-8", async () => {
    const reader = new StreamReader();
    const memory = new Uint8Array([0, 97, 98, 0]);
    reader.feedData(new DataView(memory.buffer, 1, 2));
    reader.feedData(memory.subarray(1, 2));
    reader.feedData("é");
    expect(await text(reader.read(5))).toBe("abaé");
  });

  test("throws TypeError for anything but bytes or text", () => {
    expect(() => new StreamReader().feedData(5 as never)).toThrow(TypeError);
  });
});

describe("StreamReader.feedEof()", () => {
  test("may be called twice", async () => {
    const reader = new StreamReader();
    const line = reader.readline();
    reader.feedEof();
    reader.feedEof();
    expect(await text(line)).toBe("");
  });
});

describe("StreamReader.atEof()", () => {
  // test_streams.StreamTests.test_at_eof
  test("is true once feedEof() was called and every byte is read", async () => {
    const reader = new StreamReader();
    expect(reader.atEof()).toBe(false);
    reader.feedData("some data\n");
    expect(reader.atEof()).toBe(false);
    await reader.readline();
    expect(reader.atEof()).toBe(false);
    reader.feedData("some data\n");
    reader.feedEof();
    expect(reader.atEof()).toBe(false);
    await reader.readline();
    expect(reader.atEof()).toBe(true);
  });

  test("is false after an error without end of input", () => {
    const reader = new StreamReader();
    reader.setException(new Error("lost"));
    expect(reader.atEof()).toBe(false);
  });
});

describe("StreamReader.exception()", () => {
  // test_streams.StreamTests.test_exception
  test("returns null, and then the stored error itself", () => {
    const reader = new StreamReader();
    expect(reader.exception()).toBeNull();
    const error = new Error("lost");
    reader.setException(error);
    expect(reader.exception()).toBe(error);
  });
});

describe("StreamReader.setException()", () => {
  // test_streams.StreamTests.test_exception_waiter
  test("rejects the waiting call with the error itself", async () => {
    const reader = new StreamReader();
    const error = new Error("lost");
    const line = reader.readline();
    reader.setException(error);
    await expect(line).rejects.toBe(error);
  });

  // test_streams.StreamTests.test_exception_cancel
  test("does not affect a call that was already aborted", async () => {
    const reader = new StreamReader();
    const controller = new AbortController();
    const line = reader.readline(controller);
    controller.abort();
    reader.setException(new Error("message"));
    await expect(line).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

describe("StreamReader.read()", () => {
  // test_streams.StreamTests.test_read_zero
  test("returns an empty buffer for size 0, without waiting", async () => {
    const reader = new StreamReader();
    reader.feedData(data);
    expect(await text(reader.read(0))).toBe("");
    expect(reader.bufferedLength).toBe(data.length);
  });

  // test_streams.StreamTests.test_read
  test("waits for the first bytes only", async () => {
    const reader = new StreamReader();
    const read = reader.read(30);
    reader.feedData(data);
    expect(await text(read)).toBe(data);
    expect(reader.bufferedLength).toBe(0);
  });

  // test_streams.StreamTests.test_read_line_breaks
  test("takes size bytes and leaves the rest", async () => {
    const reader = new StreamReader();
    reader.feedData("line1");
    reader.feedData("line2");
    expect(await text(reader.read(5))).toBe("line1");
    expect(await text(reader.read(30))).toBe("line2");
  });

  // test_streams.StreamTests.test_read_eof
  test("returns an empty buffer at end of input, every time", async () => {
    const reader = new StreamReader();
    const read = reader.read(1024);
    reader.feedEof();
    expect(await text(read)).toBe("");
    expect(await text(reader.read(1024))).toBe("");
    expect(await text(reader.read())).toBe("");
  });

  // test_streams.StreamTests.test_read_until_eof
  test("waits for end of input and returns everything for a negative size", async () => {
    const reader = new StreamReader();
    const read = reader.read(-1);
    reader.feedData("chunk1\n");
    reader.feedData("chunk2");
    reader.feedEof();
    expect(await text(read)).toBe("chunk1\nchunk2");
    expect(reader.bufferedLength).toBe(0);
  });

  // test_streams.StreamTests.test_read_exception
  test("rejects with a stored error even if bytes are buffered", async () => {
    const reader = new StreamReader();
    reader.feedData("line\n");
    expect(await text(reader.read(2))).toBe("li");
    const error = new Error("lost");
    reader.setException(error);
    await expect(reader.read(2)).rejects.toBe(error);
    await expect(reader.read(0)).rejects.toBe(error);
  });

  // test_streams.StreamTests.test_read_limit
  test("is not bounded by the limit", async () => {
    const reader = new StreamReader({ limit: 3 });
    reader.feedData("chunk");
    expect(await text(reader.read(5))).toBe("chunk");
  });

  test.each([1.5, Number.NaN, "5", null])("refuses %s as its size", async (size) => {
    await expect(new StreamReader().read(size as number)).rejects.toThrow(/Invalid size/);
  });
});

describe("StreamReader.readexactly()", () => {
  // test_streams.StreamTests.test_readexactly_zero_or_less
  test("returns an empty buffer for size 0, and rejects a negative size with RangeError", async () => {
    const reader = new StreamReader();
    reader.feedData(data);
    expect(await text(reader.readexactly(0))).toBe("");
    await expect(reader.readexactly(-1)).rejects.toThrow(RangeError);
    expect(reader.bufferedLength).toBe(data.length);
  });

  test("rejects a negative size even if an error is stored", async () => {
    const reader = new StreamReader();
    reader.setException(new Error("lost"));
    await expect(reader.readexactly(-1)).rejects.toThrow(RangeError);
    await expect(reader.readexactly(0)).rejects.toThrow("lost");
  });

  // test_streams.StreamTests.test_readexactly
  test("waits for all the bytes and leaves the rest", async () => {
    const reader = new StreamReader();
    const read = reader.readexactly(2 * data.length);
    for (let part = 0; part < 3; part++) reader.feedData(data);
    expect(await text(read)).toBe(data + data);
    expect(await text(reader.read(100))).toBe(data);
  });

  // test_streams.StreamTests.test_readexactly_limit
  test("is not bounded by the limit", async () => {
    const reader = new StreamReader({ limit: 3 });
    reader.feedData("chunk");
    expect(await text(reader.readexactly(5))).toBe("chunk");
  });

  // test_streams.StreamTests.test_readexactly_eof
  test("rejects at end of input with the partial data, and leaves the buffer empty", async () => {
    const reader = new StreamReader();
    const read = reader.readexactly(36);
    reader.feedData(data);
    reader.feedEof();
    const error = await read.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({
      partial: Buffer.from(data),
      expected: 36,
      message: "18 bytes read on a total of 36 expected bytes",
    });
    expect(reader.atEof()).toBe(true);
  });

  // test_streams.StreamTests.test_readexactly_exception
  test("rejects with a stored error even if bytes are buffered", async () => {
    const reader = new StreamReader();
    reader.feedData("line\n");
    expect(await text(reader.readexactly(2))).toBe("li");
    const error = new Error("lost");
    reader.setException(error);
    await expect(reader.readexactly(2)).rejects.toBe(error);
  });
});

describe("StreamReader, printed", () => {
  // test_streams.StreamTests.test___repr__data
  // test_streams.StreamTests.test___repr__nondefault_limit
  // test_streams.StreamTests.test___repr__
  test("shows its state", () => {
    const reader = new StreamReader({ limit: 123, source: { pause() {}, resume() {} } });
    reader.feedData("x".repeat(300));
    expect(inspect(reader)).toBe("StreamReader <300 bytes, limit 123, paused>");
    expect(inspect(new StreamReader())).toBe("StreamReader <0 bytes>");
  });

  // test_streams.StreamTests.test___repr__waiter
  // test_streams.StreamTests.test___repr__eof
  test("shows the waiting call", async () => {
    const reader = new StreamReader();
    const line = reader.readline();
    expect(inspect(reader)).toBe("StreamReader <0 bytes, readline() waits>");
    reader.feedEof();
    await line;
    expect(inspect(reader)).toBe("StreamReader <0 bytes, eof>");
  });

  // test_streams.StreamTests.test___repr__exception
  test("shows the stored error", () => {
    const reader = new StreamReader();
    reader.setException(new Error("lost"));
    expect(inspect(reader)).toBe("StreamReader <0 bytes, exception Error: lost>");
  });
});

// excused test_streams.StreamTests.test___repr__transport: a reader shows that it is paused, not by what
// excused test_streams.StreamTests.test_IncompleteReadError_pickleable: JavaScript errors are not pickled
// excused test_streams.StreamTests.test_LimitOverrunError_pickleable: JavaScript errors are not pickled
// excused test_streams.StreamTests.test_streamreader_constructor_without_loop: there is one event loop
// excused test_streams.StreamTests.test_streamreader_constructor_use_running_loop: there is one event loop
// excused test_streams.StreamTests.test_streamreader_constructor_use_global_loop: there is one event loop
// excused test_streams.StreamTests.test_streamreaderprotocol_constructor_without_loop: there are no protocols
// excused test_streams.StreamTests.test_streamreaderprotocol_constructor_use_running_loop: there are no protocols
// excused test_streams.StreamTests.test_streamreaderprotocol_constructor_use_global_loop: there are no protocols
