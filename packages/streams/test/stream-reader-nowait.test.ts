import { IncompleteReadError, LimitOverrunError } from "@aio/errors";
import { StreamReader } from "@aio/streams";
import { describe, expect, test } from "vitest";

function fed(data: string, options?: { limit: number }): StreamReader {
  const reader = new StreamReader(options);
  reader.feedData(data);
  return reader;
}

function ended(data: string): StreamReader {
  const reader = fed(data);
  reader.feedEof();
  return reader;
}

function failed(data: string): StreamReader {
  const reader = fed(data);
  reader.setException(new Error("lost"));
  return reader;
}

describe("StreamReader.readNowait()", () => {
  test("returns null where read() would wait", () => {
    expect(new StreamReader().readNowait(5)).toBeNull();
    expect(fed("abc").readNowait()).toBeNull();
  });

  test("returns what is buffered, up to size bytes", () => {
    const reader = fed("abc");
    expect(String(reader.readNowait(2))).toBe("ab");
    expect(String(reader.readNowait(2))).toBe("c");
    expect(reader.readNowait(0)).toHaveLength(0);
  });

  test("returns the rest at end of input, and then an empty buffer", () => {
    const reader = ended("abc");
    expect(String(reader.readNowait())).toBe("abc");
    expect(reader.readNowait()).toHaveLength(0);
    expect(reader.readNowait(1)).toHaveLength(0);
  });

  test("returns what came before an error, and then throws it", () => {
    const reader = failed("abc");
    expect(String(reader.readNowait(1))).toBe("a");
    expect(String(reader.readNowait())).toBe("bc");
    expect(() => reader.readNowait()).toThrow("lost");
  });
});

describe("StreamReader.readexactlyNowait()", () => {
  test("returns null where readexactly() would wait", () => {
    const reader = fed("abc");
    expect(reader.readexactlyNowait(4)).toBeNull();
    expect(String(reader.readexactlyNowait(3))).toBe("abc");
    expect(() => reader.readexactlyNowait(-1)).toThrow(RangeError);
  });

  test("throws at end of input, with what was buffered as partial", () => {
    const reader = ended("abc");
    expect(() => reader.readexactlyNowait(4)).toThrow(IncompleteReadError);
    expect(reader.atEof()).toBe(true);
  });

  test("throws a stored error if too few bytes came before it", () => {
    const reader = failed("abc");
    expect(() => reader.readexactlyNowait(4)).toThrow("lost");
    expect(String(reader.readexactlyNowait(3))).toBe("abc");
  });
});

describe("StreamReader.readuntilNowait()", () => {
  test("returns null where readuntil() would wait", () => {
    const reader = fed("a;b");
    expect(String(reader.readuntilNowait(";"))).toBe("a;");
    expect(reader.readuntilNowait(";")).toBeNull();
    expect(reader.readuntilNowait()).toBeNull();
    expect(() => reader.readuntilNowait("")).toThrow(RangeError);
  });

  test("throws at end of input, beyond the limit, and for a stored error", () => {
    expect(() => ended("abc").readuntilNowait(";")).toThrow(IncompleteReadError);
    const long = fed("abcdef", { limit: 3 });
    expect(() => long.readuntilNowait(";")).toThrow(LimitOverrunError);
    expect(long.bufferedLength).toBe(6);
    const reader = failed("a;b");
    expect(String(reader.readuntilNowait(";"))).toBe("a;");
    expect(() => reader.readuntilNowait(";")).toThrow("lost");
  });
});

describe("StreamReader.readlineNowait()", () => {
  test("returns null where readline() would wait", () => {
    const reader = fed("a\nb");
    expect(String(reader.readlineNowait())).toBe("a\n");
    expect(reader.readlineNowait()).toBeNull();
    reader.feedEof();
    expect(String(reader.readlineNowait())).toBe("b");
    expect(reader.readlineNowait()).toHaveLength(0);
  });

  test("throws for a line that is too long, and drops it", () => {
    const reader = fed("123456\nok\n", { limit: 3 });
    expect(() => reader.readlineNowait()).toThrow(LimitOverrunError);
    expect(String(reader.readlineNowait())).toBe("ok\n");
  });

  test("returns the lines that came before an error, and then throws it", () => {
    const reader = failed("a\nb");
    expect(String(reader.readlineNowait())).toBe("a\n");
    expect(() => reader.readlineNowait()).toThrow("lost");
    expect(String(reader.readNowait(9))).toBe("b");
  });
});

describe("StreamReader.readinto()", () => {
  test("copies as many buffered bytes as fit", async () => {
    const reader = fed("abc");
    reader.feedData("d".repeat(2000));
    const target = new Uint8Array(5);
    expect(await reader.readinto(target)).toBe(5);
    expect(String(Buffer.from(target))).toBe("abcdd");
    expect(reader.bufferedLength).toBe(1998);
  });

  test("waits for the first bytes, and fills any kind of view", async () => {
    const reader = new StreamReader();
    const memory = new ArrayBuffer(8);
    const read = reader.readinto(new DataView(memory, 2, 4));
    reader.feedData("abcdef");
    expect(await read).toBe(4);
    expect(String(Buffer.from(memory))).toBe("\0\0abcd\0\0");
    expect(reader.bufferedLength).toBe(2);
  });

  test("resolves to 0 at end of input, and for an empty target", async () => {
    const reader = new StreamReader();
    expect(await reader.readinto(new Uint8Array(0))).toBe(0);
    const read = reader.readinto(new Uint8Array(5));
    reader.feedEof();
    expect(await read).toBe(0);
    expect(await reader.readinto(new Uint8Array(5))).toBe(0);
  });

  test("rejects with a stored error, and refuses a target that is not a view", async () => {
    await expect(failed("abc").readinto(new Uint8Array(5))).rejects.toThrow("lost");
    await expect(fed("abc").readinto("abc" as never)).rejects.toThrow(TypeError);
  });
});
