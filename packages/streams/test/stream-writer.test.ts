import { Duplex, Writable } from "node:stream";
import { inspect } from "node:util";
import { isPending, pattern } from "@aio/contract";
import { type Address, type Connection, StreamWriter, openConnection } from "@aio/streams";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type StreamPair, tcpPair } from "./pairs.ts";

/** A connection whose socket records each write that reaches it. */
async function recorded(): Promise<Connection & { readonly written: string[] }> {
  const written: string[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk, _encoding, callback) {
      written.push(String(chunk));
      callback();
    },
  });
  return Object.assign(await openConnection({ socket }), { written });
}

/** Write until drain() would wait, and return the number of bytes written. */
function fill({ writer }: StreamPair, chunk: Uint8Array): number {
  let written = 0;
  for (; !writer.needsDrain; written += chunk.length) {
    writer.write(chunk);
    writer.flush();
  }
  return written;
}

describe("StreamWriter.write()", () => {
  test("batches the small chunks of an event-loop turn, and sends them at its end", async () => {
    const { writer, written } = await recorded();
    writer.write("a");
    await Promise.resolve();
    writer.write(Buffer.from("b"));
    expect(written).toEqual([]);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(written).toEqual(["ab"]);
  });

  test("sends a large chunk at once, after any pending bytes", async () => {
    const { writer, written } = await recorded();
    writer.write("a");
    const large = "x".repeat(5000);
    writer.write(large);
    expect(written).toEqual(["a", large]);
    writer.write("b");
    expect(written).toEqual(["a", large]);
  });

  test("keeps the batches of concurrent writers apart", async () => {
    const connections = await Promise.all([recorded(), recorded(), recorded()]);
    for (let round = 0; round < 1000; round++) {
      for (const [index, { writer }] of connections.entries()) writer.write(`${index}:${round};`);
    }
    await new Promise(setImmediate);
    for (const [index, { written }] of connections.entries()) {
      const expected = Array.from({ length: 1000 }, (_, round) => `${index}:${round};`);
      expect(written.join("")).toBe(expected.join(""));
    }
  });
});

describe("StreamWriter.flush()", () => {
  test("sends pending bytes immediately, and does nothing if there are none", async () => {
    const { writer, written } = await recorded();
    writer.flush();
    writer.write("a");
    writer.flush();
    expect(written).toEqual(["a"]);
  });
});

describe("StreamWriter.needsDrain", () => {
  test("is true beyond the high-water mark, pending bytes included", async () => {
    await using pair = await tcpPair({ highWaterMark: 4000 });
    pair.writer.write(Buffer.alloc(4000));
    expect(pair.writer.needsDrain).toBe(false);
    pair.writer.write("x");
    expect(pair.writer.needsDrain).toBe(true);
    await pair.writer.drain();
    expect(pair.writer.needsDrain).toBe(false);
  });

  test.each([0, 1000, 1_000_000])("follows a high-water mark of %d", async (highWaterMark) => {
    await using pair = await tcpPair({ highWaterMark });
    const written = fill(pair, Buffer.alloc(10_000));
    expect(written).toBeGreaterThan(highWaterMark);
    const drain = pair.writer.drain();
    expect(await isPending(drain)).toBe(true);
    await pair.peer.receive(written);
    await drain;
    expect(pair.writer.needsDrain).toBe(false);
  });
});

describe("StreamWriter.abort()", () => {
  test("drops what is queued, and closes the connection without an error", async () => {
    await using pair = await tcpPair();
    fill(pair, pattern(100_000));
    const drain = pair.writer.drain();
    pair.writer.abort();
    pair.writer.abort();
    expect(pair.writer.isClosing()).toBe(true);
    await drain;
    await pair.writer.waitClosed();
    await expect(pair.writer.drain()).rejects.toHaveProperty("code", "ECONNRESET");
    expect((await pair.reader.read()).length).toBe(0);
  });
});

describe("StreamWriter.drain()", () => {
  test("rejects with the reader's error", async () => {
    await using pair = await tcpPair();
    const error = new Error("read failed");
    pair.reader.setException(error);
    await expect(pair.writer.drain()).rejects.toBe(error);
    await expect(pair.writer.drain()).rejects.toBe(error);
  });

  test("resolves when everything is sent, even if writeEof() is called meanwhile", async () => {
    await using pair = await tcpPair();
    const written = fill(pair, Buffer.alloc(65_536));
    const drained = pair.writer.drain();
    pair.writer.writeEof();
    expect((await pair.peer.receiveAll()).length).toBe(written);
    await drained;
  });

  test("resolves after both sides have ended their output", async () => {
    await using pair = await tcpPair();
    pair.writer.write("request");
    pair.writer.writeEof();
    await pair.peer.receiveAll();
    await pair.peer.end();
    await pair.reader.read();
    await pair.writer.waitClosed();
    await pair.writer.drain();
  });
});

describe("StreamWriter.waitClosed()", () => {
  // test_streams.StreamTests.test_async_writer_api
  test("resolves after both sides have finished", async () => {
    await using pair = await tcpPair();
    pair.writer.write("GET / HTTP/1.0\r\n\r\n");
    await pair.peer.receive(18);
    await pair.peer.send("HTTP/1.0 200 OK\r\n\r\nTest message");
    await pair.peer.end();
    expect(String(await pair.reader.readline())).toBe("HTTP/1.0 200 OK\r\n");
    expect(String(await pair.reader.read())).toBe("\r\nTest message");
    expect(pair.writer.isClosing()).toBe(false);
    pair.writer.close();
    await pair.writer.waitClosed();
  });
});

describe("StreamWriter.getExtraInfo()", () => {
  test("returns the addresses, even after the connection is lost", async () => {
    await using pair = await tcpPair();
    const peername = pair.writer.getExtraInfo("peername");
    expect(peername).toEqual({
      address: "127.0.0.1",
      port: pair.socket.localPort,
      family: 4,
    });
    expect(pair.writer.getExtraInfo("sockname")?.port).toBe(pair.socket.remotePort);
    pair.writer.abort();
    await pair.writer.waitClosed();
    expect(pair.writer.getExtraInfo("peername")).toEqual(peername);
  });

  test("returns the fallback for unknown names", async () => {
    await using pair = await tcpPair();
    expect(pair.writer.getExtraInfo("socket")).toBe(pair.writer.socket);
    expect(pair.writer.getExtraInfo("cipher")).toBeUndefined();
    expect(pair.writer.getExtraInfo("sslcontext", null)).toBeNull();
    expect(pair.writer.getExtraInfo("nonsense", 5)).toBe(5);
    expectTypeOf(pair.writer.getExtraInfo("peername")).toEqualTypeOf<Address | undefined>();
    expectTypeOf(pair.writer.getExtraInfo("nonsense", 5)).toEqualTypeOf<number>();
  });
});

describe("StreamWriter.socket", () => {
  test("is the connected socket", async () => {
    await using pair = await tcpPair();
    expect(pair.writer.socket).toHaveProperty("readyState", "open");
  });

  test("may be destroyed by other code: both streams end without an error", async () => {
    await using pair = await tcpPair();
    const read = pair.reader.read();
    pair.writer.socket.destroy();
    expect(pair.writer.isClosing()).toBe(true);
    pair.writer.write("dropped");
    expect((await read).length).toBe(0);
    await pair.writer.waitClosed();
  });
});

describe("StreamWriter, printed", () => {
  test("shows its state", async () => {
    await using pair = await tcpPair();
    pair.writer.write("abc");
    expect(inspect(pair.writer)).toBe("StreamWriter <3 bytes to send>");
    pair.writer.writeEof();
    expect(inspect(pair.writer)).toMatch(/^StreamWriter <\d bytes to send, eof>$/);
    pair.writer.abort();
    expect(inspect(pair.writer)).toMatch(/closing>$/);
    await pair.writer.waitClosed();
    expect(inspect(pair.writer)).toMatch(/closed>$/);
  });
});

describe("StreamWriter.from()", () => {
  test("writes to a Node stream", async () => {
    const written: string[] = [];
    let isFinal = false;
    const target = new Writable({
      write(chunk, _encoding, callback) {
        written.push(String(chunk));
        setImmediate(callback);
      },
      final(callback) {
        isFinal = true;
        callback();
      },
    });
    const writer = StreamWriter.from(target);
    writer.write("a");
    writer.write("x".repeat(5000));
    writer.close();
    await writer.waitClosed();
    expect(written.join("")).toBe(`a${"x".repeat(5000)}`);
    expect(isFinal).toBe(true);
  });

  test("writes to a web stream, and waits until it has taken the data", async () => {
    const written: string[] = [];
    const target = new WritableStream<Uint8Array>({
      async write(chunk) {
        await new Promise(setImmediate);
        written.push(String(Buffer.from(chunk)));
      },
    });
    const writer = StreamWriter.from(target, { highWaterMark: 100 });
    writer.write("x".repeat(200));
    await writer.drain();
    await writer[Symbol.asyncDispose]();
    expect(written.join("")).toBe("x".repeat(200));
  });

  test("passes the target's error on", async () => {
    const error = new Error("disk full");
    const writer = StreamWriter.from(new Writable({ write: (_1, _2, done) => done(error) }));
    writer.write("a");
    await expect(writer.waitClosed()).rejects.toBe(error);
    await expect(writer.drain()).rejects.toBe(error);
  });

  test("throws TypeError for anything but a stream", () => {
    expect(() => StreamWriter.from(5 as never)).toThrow(TypeError);
  });
});

// excused test_streams.StreamTests.test_unclosed_resource_warnings: garbage collection triggers no warning
// excused test_streams.StreamTests.test_loop_is_closed_resource_warnings: the event loop cannot be closed
