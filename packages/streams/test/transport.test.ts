import { once } from "node:events";
import * as net from "node:net";
import { Duplex } from "node:stream";
import * as tls from "node:tls";
import { failureOf, isPending, until } from "@aio/contract";
import { openConnection, startServer } from "@aio/streams";
import { describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { tcpPair } from "./pairs.ts";

const { key, cert, ca } = certificate();

describe("A connection during its upgrade to TLS", () => {
  test("hands the handshake's bytes over even if the client's input was paused", async () => {
    await using server = await startServer(
      async (reader, writer) => {
        await reader.readline();
        // The client does not wait for an answer: its handshake has already arrived, and exceeds the limit.
        await until(() => reader.bufferedLength > 20);
        await writer.startTls({ key, cert });
        writer.write(await reader.readline());
        await writer.drain();
      },
      "127.0.0.1",
      0,
      { limit: 10 },
    );
    const raw = net.connect(server.addresses[0]?.port ?? 0, "127.0.0.1");
    await once(raw, "connect");
    raw.write("STARTTLS\n");
    const socket = tls.connect({ socket: raw, ca, host: "localhost", servername: "localhost" });
    await once(socket, "secureConnect");
    socket.write("secret\n");
    expect(String((await once(socket, "data"))[0])).toBe("secret\n");
    socket.destroy();
  });

  test("refuses writes, and is closed by close()", async () => {
    await using pair = await tcpPair();
    const starting = failureOf(pair.writer.startTls({ ca }, { serverHostname: "localhost" }));
    await Promise.resolve();
    expect(() => pair.writer.write("plain")).toThrow(
      "Cannot call write(): a TLS handshake is under way",
    );
    pair.writer.close();
    await starting;
    await pair.writer.waitClosed();
    expect(pair.writer.isClosing()).toBe(true);
    expect((await pair.reader.read()).length).toBe(0);
  });
});

describe("A connection over any Duplex", () => {
  test("fails with TypeError if the Duplex yields anything but bytes", async () => {
    const socket = new Duplex({ objectMode: true, read() {}, write: (_1, _2, done) => done() });
    const { reader } = await openConnection({ socket });
    const read = reader.read();
    socket.push({ no: "bytes" });
    await expect(read).rejects.toThrow(TypeError);
  });

  test("ends at once if the Duplex has already ended or been destroyed", async () => {
    const ended = new Duplex({ read() {}, write: (_1, _2, done) => done(), autoDestroy: false });
    ended.push(null);
    ended.resume();
    await once(ended, "end");
    const first = await openConnection({ socket: ended });
    expect((await first.reader.read()).length).toBe(0);
    first.writer.close();
    await first.writer.waitClosed();
  });

  test("waits in drain() until the Duplex has taken its data", async () => {
    let release: (() => void) | undefined;
    const socket = new Duplex({ read() {}, write: (_1, _2, done) => (release = done) });
    const { writer } = await openConnection({ socket, highWaterMark: 5000 });
    writer.write(Buffer.alloc(6000));
    const drain = writer.drain();
    expect(await isPending(drain)).toBe(true);
    release?.();
    await drain;
  });
});

describe("A connection over a Duplex that does not emit 'close'", () => {
  const silent = (): Duplex =>
    new Duplex({ emitClose: false, read() {}, write: (_1, _2, done) => done() });

  test("is lost after abort()", async () => {
    const { reader, writer } = await openConnection({ socket: silent() });
    const closed = writer.waitClosed();
    writer.abort();
    await closed;
    expect((await reader.read()).length).toBe(0);
  });

  test("is lost after close(), at the end of its input or of the time to linger", async () => {
    const [first, second] = [silent(), silent()];
    const ended = await openConnection({ socket: first });
    first.push(null);
    await ended.reader.read();
    ended.writer.close();
    await ended.writer.waitClosed();
    const { writer } = await openConnection({ socket: second });
    writer.close();
    await writer.waitClosed();
    expect(second.destroyed).toBe(true);
  });

  test("is lost after the end of both its input and its output", async () => {
    const socket = silent();
    const { reader, writer } = await openConnection({ socket });
    socket.push(null);
    await reader.read();
    writer.writeEof();
    await writer.waitClosed();
    expect(socket.destroyed).toBe(true);
  });
});

describe("A connection over a Duplex whose write() throws", () => {
  const broken = new Error("broken");

  test.each([
    ["a small chunk", Buffer.alloc(10)],
    ["a large chunk", Buffer.alloc(10_000)],
  ])("fails with the error after %s, which is not uncaught", async (_, chunk) => {
    const socket = new Duplex({
      read() {},
      write() {
        throw broken;
      },
    });
    const { reader, writer } = await openConnection({ socket });
    writer.write(chunk);
    expect(await failureOf(writer.waitClosed())).toBe(broken);
    expect(await failureOf(reader.read())).toBe(broken);
  });

  test("fails with the error after several chunks in one call", async () => {
    const socket = new Duplex({
      read() {},
      writev() {
        throw broken;
      },
    });
    const { writer } = await openConnection({ socket });
    writer.write("small");
    writer.writelines([Buffer.alloc(10_000), Buffer.alloc(10_000)]);
    expect(await failureOf(writer.drain())).toBe(broken);
  });
});

describe("The error of a lost connection", () => {
  test("is what other code destroyed the socket with, even if that is not an Error", async () => {
    await using pair = await tcpPair();
    pair.writer.socket.destroy("text" as never);
    expect(await pair.writer.waitClosed().catch((error: unknown) => error)).toBe("text");
  });

  test("names the peer in its message, stack and properties", async () => {
    await using pair = await tcpPair();
    const read = failureOf(pair.reader.read());
    pair.socket.resetAndDestroy();
    const error = await read;
    const { address, port } = pair.writer.getExtraInfo("peername") ?? {};
    const message = `read ECONNRESET ${address}:${port}`;
    expect(error).toMatchObject({ message, code: "ECONNRESET", syscall: "read", address, port });
    expect(error.stack).toContain(message);
    // Every caller gets the same error.
    expect(await failureOf(pair.writer.drain())).toBe(error);
    expect(await failureOf(pair.writer.waitClosed())).toBe(error);
  });

  test("names the peer even if the connection was lost without a cause", async () => {
    await using pair = await tcpPair();
    const port = pair.writer.getExtraInfo("peername")?.port;
    pair.writer.abort();
    await pair.writer.waitClosed();
    expect(await failureOf(pair.writer.drain())).toMatchObject({
      message: `Cannot send: the connection to 127.0.0.1:${port} is lost`,
      code: "ECONNRESET",
    });
  });

  test("is what onError receives when a handler rejects with it", async () => {
    let tell: ((error: unknown) => void) | undefined;
    const told = new Promise<unknown>((resolve) => (tell = resolve));
    await using server = await startServer(
      async (reader) => void (await reader.readline()),
      "127.0.0.1",
      0,
      { onError: (error) => tell?.(error) },
    );
    const client = net.connect(server.addresses[0]?.port ?? 0, "127.0.0.1");
    await once(client, "connect");
    const port = client.localPort;
    await until(() => server.connections === 1);
    client.resetAndDestroy();
    expect(await told).toHaveProperty("message", `read ECONNRESET 127.0.0.1:${port}`);
  });
});
