import * as net from "node:net";
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
import { Unanswering } from "./unanswering.ts";
import { failure } from "./waiting.ts";

const { key, cert, ca } = certificate();
let server: Server<TcpAddress> | undefined;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "setImmediate", "Date"],
  });
});
afterEach(async () => {
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
});
