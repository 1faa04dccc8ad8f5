import * as net from "node:net";
import { Duplex } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  type AdoptOptions,
  type ConnectOptions,
  type Server,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { certificate } from "./certificates.ts";
import { failure, until } from "./waiting.ts";

let server: Server<TcpAddress>;
let port: number;

beforeAll(async () => {
  server = await startServer(echo, "127.0.0.1", 0);
  ({ port } = server.addresses[0]!);
});
afterAll(() => server[Symbol.asyncDispose]());

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
}

/** The HTTP server of CPython's tests: it answers one request, and that is all. */
async function http(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await reader.readuntil("\r\n\r\n");
  writer.write("HTTP/1.0 200 OK\r\nContent-type: text/plain\r\n\r\nTest message");
}

async function echoes({ reader, writer }: { reader: StreamReader; writer: StreamWriter }) {
  writer.write("hello\n");
  return String(await reader.readline()) === "hello\n";
}

async function connectedSocket(): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  await until(() => !socket.connecting);
  return socket;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

describe("openConnection()", () => {
  // test_streams.StreamTests.test_open_connection
  test("gives a reader and a writer, as a pair and by name", async () => {
    await using httpd = await startServer(http, "127.0.0.1", 0);
    const connection = await openConnection("127.0.0.1", httpd.addresses[0]!.port);
    const [reader, writer] = connection;
    expect([connection.reader, connection.writer]).toEqual([reader, writer]);
    writer.write("GET / HTTP/1.0\r\n\r\n");
    expect(String(await reader.readline())).toBe("HTTP/1.0 200 OK\r\n");
    expect(String(await reader.read())).toMatch(/\r\n\r\nTest message$/);
    writer.close();
    await writer.waitClosed();
  });

  // test_streams.StreamTests.test_open_connection_no_loop_ssl
  test("does so over TLS", async () => {
    const { key, cert, ca } = certificate();
    await using httpd = await startServer(http, "127.0.0.1", 0, { tls: { key, cert } });
    const { port: secure } = httpd.addresses[0]!;
    const [reader, writer] = await openConnection("127.0.0.1", secure, { tls: { ca } });
    writer.write("GET / HTTP/1.0\r\n\r\n");
    expect(String(await reader.read())).toMatch(/\r\n\r\nTest message$/);
    writer.close();
    await writer.waitClosed();
  });

  // test_streams.StreamTests.test_open_connection_error
  test("passes what the connection was lost with on to its reader", async () => {
    const { reader, writer } = await openConnection("127.0.0.1", port);
    const broken = new Error("broken");
    writer.socket.destroy(broken);
    expect(await failure(reader.read())).toBe(broken);
    writer.close();
  });

  test("resolves a name", async () => {
    await using connection = await openConnection("localhost", port);
    expect(await echoes(connection)).toBe(true);
  });

  test("connects from the address and the port that it is told", async () => {
    const free = await startServer(echo, "127.0.0.7", 0);
    const { port: localPort } = free.addresses[0]!;
    free.close();
    const options = { localAddress: "127.0.0.7", localPort };
    await using connection = await openConnection("127.0.0.1", port, options);
    const sockname = { address: "127.0.0.7", port: localPort, family: 4 };
    expect(connection.writer.getExtraInfo("sockname")).toEqual(sockname);
    const taken = await failure(openConnection("127.0.0.1", port, options));
    expect(taken.code).toMatch(/^EADDR(INUSE|NOTAVAIL)$/);
    expect(taken.message).toContain("127.0.0.7");
  });

  test("remembers both addresses when the connection is lost", async () => {
    const { writer } = await openConnection("127.0.0.1", port);
    const sockname = writer.getExtraInfo("sockname");
    writer.abort();
    await writer.waitClosed();
    expect(writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
    expect(writer.getExtraInfo("sockname")).toEqual(sockname);
  });

  test("rejects with Node's error where nobody listens", async () => {
    const error = await failure(openConnection("127.0.0.8", port));
    expect(error).toMatchObject({ code: "ECONNREFUSED", address: "127.0.0.8", port });
  });

  test("rejects with Node's error for a host that nobody knows", async () => {
    const error = await failure(openConnection("no-such-host.invalid", port));
    expect(error.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  test("leaves no timer behind", async () => {
    const before = timers();
    // A second address, which waits its turn: that is what there is a timer for.
    const lookup: net.LookupFunction = (_host, _options, callback) => {
      const addresses = ["127.0.0.1", "127.0.0.2"];
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    };
    const opening = Array.from({ length: 20 }, () =>
      openConnection("two.test", port, { lookup, happyEyeballsDelay: 60_000 }),
    );
    const connections = await Promise.all(opening);
    // The test runner's own timer may end meanwhile, which cannot hide twenty of ours.
    expect(timers()).toBeLessThanOrEqual(before);
    for (const connection of connections) expect(await echoes(connection)).toBe(true);
    await Promise.all(connections.map((connection) => connection[Symbol.asyncDispose]()));
  });
});

describe("openConnection({ socket })", () => {
  test("takes over a socket that is connected", async () => {
    await using connection = await openConnection({ socket: await connectedSocket() });
    expect(await echoes(connection)).toBe(true);
    expect(connection.writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
  });

  test("waits for a socket that is still connecting, and rejects if it cannot", async () => {
    await using connection = await openConnection({ socket: net.connect(port, "127.0.0.1") });
    expect(await echoes(connection)).toBe(true);
    const error = await failure(openConnection({ socket: net.connect(port, "127.0.0.8") }));
    expect(error.code).toBe("ECONNREFUSED");
  });

  test("destroys the socket when the signal aborts before it is connected", async () => {
    const socket = net.connect(port, "127.0.0.1");
    const controller = new AbortController();
    const error = failure(openConnection({ socket, signal: controller.signal }));
    controller.abort("enough");
    expect((await error).cause).toBe("enough");
    expect(socket.destroyed).toBe(true);
  });

  test("takes what the socket has received before", async () => {
    const socket = await connectedSocket();
    socket.write("early\n");
    await until(() => socket.readableLength > 0);
    await using connection = await openConnection({ socket });
    expect(String(await connection.reader.readline())).toBe("early\n");
  });

  test("makes the socket one that can be half closed (node#49073)", async () => {
    await using once = await startServer(
      async (reader, writer) => {
        writer.write("first\n");
        writer.writeEof();
        answers.push(String(await reader.read()));
      },
      "127.0.0.1",
      0,
    );
    const answers: string[] = [];
    const socket = net.connect(once.addresses[0]!.port, "127.0.0.1");
    await using connection = await openConnection({ socket });
    expect(String(await connection.reader.read())).toBe("first\n");
    connection.writer.write("after the end");
    connection.writer.writeEof();
    await until(() => answers.length === 1);
    expect(answers).toEqual(["after the end"]);
  });

  test("takes any Duplex, whole", async () => {
    const socket = Duplex.from(async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) yield String(chunk).toUpperCase();
    } as never);
    await using connection = await openConnection({ socket });
    connection.writer.write("hello\n");
    expect(String(await connection.reader.readline())).toBe("HELLO\n");
  });

  test("speaks TLS over the socket", async () => {
    const { key, cert, ca } = certificate();
    await using secure = await startServer(echo, "127.0.0.1", 0, { tls: { key, cert } });
    const socket = net.connect(secure.addresses[0]!.port, "127.0.0.1");
    const options = { socket, tls: { ca }, serverHostname: "localhost" };
    await using connection = await openConnection(options);
    expect(await echoes(connection)).toBe(true);
  });

  test("rejects a socket that decodes what it reads with TypeError (node#58756)", async () => {
    const socket = await connectedSocket();
    socket.setEncoding("utf8");
    const options = { socket, tls: true, serverHostname: "" };
    expect(await failure(openConnection(options))).toBeInstanceOf(TypeError);
    socket.destroy();
  });

  test("rejects tls without a serverHostname with TypeError", async () => {
    const socket = await connectedSocket();
    const error = await failure(openConnection({ socket, tls: true }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("serverHostname");
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  test("rejects with TypeError for a host as well, for neither, and for what is no socket", async () => {
    const both = failure(openConnection("127.0.0.1", port, { socket: new Duplex() } as never));
    expect(await both).toBeInstanceOf(TypeError);
    for (const wrong of [{}, { socket: 5 }, { socket: {} }, undefined, null]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await failure(openConnection(wrong as AdoptOptions))).toBeInstanceOf(TypeError);
    }
  });
});

describe("openConnection() with wrong arguments", () => {
  const anything = undefined as never;

  test.each<[string, ConnectOptions]>([
    ["serverHostname without tls", { serverHostname: "x" }],
    ["tlsHandshakeTimeout without tls", { tlsHandshakeTimeout: 1 }],
    ["tlsShutdownTimeout without tls", { tlsShutdownTimeout: 1, tls: false }],
    ["tls that is a string", { tls: "yes" as never }],
    ["tls that is null", { tls: null as never }],
    ["serverHostname that is no string", { tls: true, serverHostname: 5 as never }],
    ["localAddress that is a name", { localAddress: "localhost" }],
    ["lookup that is no function", { lookup: "dns" as never }],
    ["noDelay that is no boolean", { noDelay: 1 as never }],
    ["keepAlive that is a string", { keepAlive: "yes" as never }],
    ["a signal that is none", { signal: {} as never }],
    ["an address that is not of the family", { family: 6 }],
    ["options that are none", 5 as never],
  ])("rejects %s with TypeError", async (_, options) => {
    expect(await failure(openConnection("127.0.0.1", port, options))).toBeInstanceOf(TypeError);
  });

  test.each<[string, ConnectOptions]>([
    ["a limit of 0", { limit: 0 }],
    ["a limit of NaN", { limit: Number.NaN }],
    ["a limit of 1.5", { limit: 1.5 }],
    ["a highWaterMark of -1", { highWaterMark: -1 }],
    ["a family of 5", { family: 5 as never }],
    ["a localPort of 65536", { localPort: 65_536 }],
    ["a happyEyeballsDelay of -1", { happyEyeballsDelay: -1 }],
    ["a keepAlive of 0", { keepAlive: 0 }],
    ["a tlsHandshakeTimeout of 0", { tls: true, tlsHandshakeTimeout: 0 }],
    ["a tlsShutdownTimeout of -1", { tls: true, tlsShutdownTimeout: -1 }],
    ["a tlsHandshakeTimeout that timers cannot hold", { tls: true, tlsHandshakeTimeout: 2 ** 31 }],
  ])("rejects %s with RangeError", async (_, options) => {
    expect(await failure(openConnection("127.0.0.1", port, options))).toBeInstanceOf(RangeError);
  });

  test("rejects a host or a port that is none", async () => {
    expect(await failure(openConnection(anything, port))).toBeInstanceOf(TypeError);
    expect(await failure(openConnection("", port))).toBeInstanceOf(TypeError);
    expect(await failure(openConnection("127.0.0.1", anything))).toBeInstanceOf(TypeError);
    expect(await failure(openConnection("127.0.0.1", "80" as never))).toBeInstanceOf(TypeError);
    expect(await failure(openConnection("127.0.0.1", 65_536))).toBeInstanceOf(RangeError);
    expect(await failure(openConnection("127.0.0.1", -1))).toBeInstanceOf(RangeError);
  });
});
