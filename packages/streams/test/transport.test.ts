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

describe("The error of a lost connection", () => {
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
