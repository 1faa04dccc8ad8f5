import * as net from "node:net";
import * as tls from "node:tls";
import {
  type Server,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { certificate } from "./certificates.ts";
import { tcpPair } from "./pairs.ts";
import { Unanswering } from "./unanswering.ts";
import { failure } from "./waiting.ts";

const { key, cert, ca } = certificate();
let server: Server<TcpAddress> | undefined;

// Installed after the import, as in a program's tests. They run nothing.
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "setImmediate", "queueMicrotask", "Date"],
  });
});
afterEach(async () => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
}

describe("With fake timers installed", () => {
  test.each([
    ["TCP", undefined, undefined],
    ["TLS", { key, cert }, { ca }],
  ])("a connection over %s works", async (_, theirs, ours) => {
    server = await startServer(echo, "127.0.0.1", 0, theirs && { tls: theirs });
    const { port } = server.addresses[0]!;
    const { reader, writer } = await openConnection("127.0.0.1", port, ours && { tls: ours });
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    writer.close();
    await writer.waitClosed();
    await server[Symbol.asyncDispose]();
  });

  test("a drain() on a closing connection settles", async () => {
    server = await startServer(echo, "127.0.0.1", 0);
    const { writer } = await openConnection("127.0.0.1", server.addresses[0]!.port);
    writer.close();
    expect((await failure(writer.drain())).code).toBe("ECONNRESET");
    await writer.waitClosed();
  });

  test("the next address is tried after its delay", async () => {
    server = await startServer(echo, "127.0.0.1", 0);
    const { port } = server.addresses[0]!;
    await using _ = await Unanswering.at("127.0.0.9", port);
    const lookup: net.LookupFunction = (_host, _options, callback) =>
      callback(null, [
        { address: "127.0.0.9", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    await using connection = await openConnection("two.test", port, {
      lookup,
      happyEyeballsDelay: 10,
    });
    expect(connection.writer.getExtraInfo("peername")?.address).toBe("127.0.0.1");
  });

  test("a handshake that takes too long times out", async () => {
    const silent = net.createServer((socket) => socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as net.AddressInfo;
    const opening = openConnection("127.0.0.1", port, { tls: true, tlsHandshakeTimeout: 20 });
    expect((await failure(opening)).code).toBe("ERR_TLS_HANDSHAKE_TIMEOUT");
    await new Promise((resolve) => silent.close(resolve));
  });

  test("a handshake with a server times out", async () => {
    const reported = new Promise<unknown>((resolve) => {
      const settings = { tls: tls.createSecureContext({ key, cert }), tlsHandshakeTimeout: 20 };
      const starting = startServer(echo, "127.0.0.1", 0, { ...settings, onError: resolve });
      void starting.then((started) => {
        server = started;
        return net.connect(started.addresses[0]!.port, "127.0.0.1").resume();
      });
    });
    expect(await reported).toHaveProperty("code", "ERR_TLS_HANDSHAKE_TIMEOUT");
  });

  test("startTls() upgrades a connection", async () => {
    server = await startServer(
      async (reader, writer) => {
        await writer.startTls({ key, cert });
        await echo(reader, writer);
      },
      "127.0.0.1",
      0,
    );
    const { reader, writer } = await openConnection("127.0.0.1", server.addresses[0]!.port);
    await writer.startTls({ ca });
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    await writer[Symbol.asyncDispose]();
  });

  test("close() ends although the peer does not end its output", async () => {
    await using pair = await tcpPair();
    pair.writer.close();
    await pair.writer.waitClosed();
  });

  test("close() over TLS ends after tlsShutdownTimeout", async () => {
    let theirs: StreamWriter | undefined;
    const options = { tls: { key, cert }, tlsShutdownTimeout: 20 };
    const keep = (_: StreamReader, accepted: StreamWriter): void => {
      theirs = accepted;
    };
    server = await startServer(keep, "127.0.0.1", 0, options);
    const { port } = server.addresses[0]!;
    const { writer } = await openConnection("127.0.0.1", port, { limit: 1, tls: { ca } });
    await vi.waitUntil(() => theirs !== undefined);
    theirs?.write(Buffer.alloc(32 << 20));
    theirs?.close();
    await expect(theirs?.waitClosed()).rejects.toThrow("did not end within 20 ms");
    writer.abort();
  });

  test("disposing of a server closes its clients", async () => {
    server = await startServer(echo, "127.0.0.1", 0);
    const { port } = server.addresses[0]!;
    const connections = await Promise.all(
      Array.from({ length: 40 }, () => openConnection("127.0.0.1", port)),
    );
    const forever = server.serveForever();
    // Enough of them to be sent before the end of the event-loop turn.
    for (const { writer } of connections) writer.write("hello\n");
    for (const { reader } of connections) {
      expect(String(await reader.readline())).toBe("hello\n");
    }
    const disposal = server[Symbol.asyncDispose]();
    for (const { reader, writer } of connections) {
      expect((await reader.read()).length).toBe(0);
      const closing = writer[Symbol.asyncDispose]();
      // Both disposals have a real timer for their bound.
      expect(vi.getTimerCount()).toBe(0);
      await closing;
    }
    await Promise.all([disposal, forever]);
  });

  test("AbortSignal.timeout() ends a wait", async () => {
    await using pair = await tcpPair();
    const signal = AbortSignal.timeout(20);
    await expect(pair.reader.read(1, { signal })).rejects.toHaveProperty("name", "TimeoutError");
  });
});
