import { getEventListeners, once } from "node:events";
import * as net from "node:net";
import { Duplex, PassThrough } from "node:stream";
import {
  type Server,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { failure, turn, unhearable, until } from "./waiting.ts";

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

/** Answers one request, like the HTTP server of CPython's tests. */
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
  test("resolves to a reader and a writer, as a pair and by name", async () => {
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
  test("resolves to a reader and a writer over TLS", async () => {
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
  test("rejects reads with the error that broke the connection", async () => {
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

  test("connects from localAddress and localPort", async () => {
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

  test("keeps both addresses after the connection is lost", async () => {
    const { writer } = await openConnection("127.0.0.1", port);
    const sockname = writer.getExtraInfo("sockname");
    writer.abort();
    await writer.waitClosed();
    expect(writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
    expect(writer.getExtraInfo("sockname")).toEqual(sockname);
  });

  test("tells the peer's address as the system does, where it differs from the host", async () => {
    await using everywhere = await startServer(() => {}, null, 0);
    const [listening] = everywhere.addresses;
    // Linux connects these to 127.0.0.1 and to ::1.
    for (const [host, address] of [
      ["0.0.0.0", "127.0.0.1"],
      ["0:0::0:1", "::1"],
    ] as const) {
      await using connection = await openConnection(host, listening!.port);
      expect(connection.writer.getExtraInfo("peername")).toMatchObject({ address });
    }
  });

  test("rejects with Node's error for a port without a listener", async () => {
    const error = await failure(openConnection("127.0.0.8", port));
    expect(error).toMatchObject({ code: "ECONNREFUSED", address: "127.0.0.8", port });
  });

  test("rejects with Node's error for an unknown host", async () => {
    const error = await failure(openConnection("no-such-host.invalid", port));
    expect(error.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  test("leaves no listener on the signal if the lookup function throws", async () => {
    const { signal } = new AbortController();
    const lookup = (): never => {
      throw new Error("The lookup failed");
    };
    const error = await failure(openConnection("host.test", port, { lookup, signal }));
    expect(error.message).toBe("The lookup failed");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("does not connect if its signal refuses listeners", async () => {
    const before = server.connections;
    const error = await failure(openConnection("127.0.0.1", port, { signal: unhearable() }));
    expect(error.message).toBe("This signal refuses listeners");
    await turn();
    expect(process.getActiveResourcesInfo()).not.toContain("TCPConnectWrap");
    expect(server.connections).toBe(before);
  });

  test("leaves no timer running", async () => {
    const before = timers();
    // Each address but the last makes it start a timer. The first one refuses.
    const lookup: net.LookupFunction = (_host, _options, callback) => {
      const addresses = ["127.0.0.3", "127.0.0.1", "127.0.0.2"];
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    };
    const opening = Array.from({ length: 20 }, () =>
      openConnection("two.test", port, { lookup, happyEyeballsDelay: 60_000 }),
    );
    const connections = await Promise.all(opening);
    // The test runner's own timer may end meanwhile, which cannot hide twenty others.
    expect(timers()).toBeLessThanOrEqual(before);
    for (const connection of connections) expect(await echoes(connection)).toBe(true);
    await Promise.all(connections.map((connection) => connection[Symbol.asyncDispose]()));
  });
});

describe("StreamWriter.socket", () => {
  test("is typed with what a net.Socket adds to a Duplex, without a cast", async () => {
    const { writer } = await openConnection("127.0.0.1", port);
    const kept = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const before = kept();
    writer.socket.unref?.();
    expect(kept()).toBe(before - 1);
    writer.socket.ref?.();
    expect(kept()).toBe(before);
    writer.socket.setKeepAlive?.(true, 1000);
    writer.getExtraInfo("socket")?.setNoDelay?.(false);
    writer.abort();
    await writer.waitClosed();
  });
});

describe("openConnection({ socket })", () => {
  test("adopts a connected socket", async () => {
    await using connection = await openConnection({ socket: await connectedSocket() });
    expect(await echoes(connection)).toBe(true);
    expect(connection.writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
  });

  test("waits for a socket that is still connecting, and rejects if that fails", async () => {
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

  test("rejects with CancelledError if the signal aborts while the socket emits 'connect'", async () => {
    const socket = net.connect(port, "127.0.0.1");
    const controller = new AbortController();
    const error = failure(openConnection({ socket, signal: controller.signal }));
    socket.once("connect", () => controller.abort("enough"));
    expect((await error).cause).toBe("enough");
    expect(socket.destroyed).toBe(true);
  });

  test("rejects with ECONNRESET if the socket is destroyed before it is connected", async () => {
    const socket = net.connect(port, "127.0.0.1");
    const error = failure(openConnection({ socket }));
    socket.destroy();
    expect((await error).code).toBe("ECONNRESET");
  });

  test("leaves the socket open if the signal has already aborted", async () => {
    const socket = await connectedSocket();
    const signal = AbortSignal.abort("enough");
    expect((await failure(openConnection({ socket, signal }))).cause).toBe("enough");
    await using connection = await openConnection({ socket });
    expect(await echoes(connection)).toBe(true);
  });

  test("reads what the socket has already received", async () => {
    const socket = await connectedSocket();
    socket.write("early\n");
    await until(() => socket.readableLength > 0);
    await using connection = await openConnection({ socket });
    expect(String(await connection.reader.readline())).toBe("early\n");
  });

  test("allows half-close on the socket (node#49073)", async () => {
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

  test("adopts any Duplex, both directions", async () => {
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

  test("rejects a destroyed socket, with the reason as cause", async () => {
    const socket = await connectedSocket();
    const broken = new Error("broken");
    socket.on("error", () => {}).destroy(broken);
    const error = await failure(openConnection({ socket }));
    expect(error.message).toBe("Cannot adopt the socket: it is destroyed");
    expect(error).toMatchObject({ code: "ERR_INVALID_ARG_VALUE", cause: broken });
  });

  test("rejects a socket whose output has ended, and leaves its input alone", async () => {
    const socket = await connectedSocket();
    socket.end("hello\n");
    const error = await failure(openConnection({ socket }));
    expect(error.message).toBe("Cannot adopt the socket: it has ended its output");
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(String(Buffer.concat(chunks))).toBe("hello\n");
  });

  test("rejects the socket of another connection, and leaves that connection open", async () => {
    const socket = await connectedSocket();
    await using connection = await openConnection({ socket });
    const error = await failure(openConnection({ socket }));
    expect(error.message).toBe("Cannot adopt the socket: it belongs to another connection");
    expect(await echoes(connection)).toBe(true);
    await using other = await openConnection("127.0.0.1", port);
    expect((await failure(openConnection({ socket: other.writer.socket }))).code).toBe(
      "ERR_INVALID_ARG_VALUE",
    );
    expect(await echoes(other)).toBe(true);
  });

  test("rejects a socket that another call is adopting, connecting or under TLS", async () => {
    const socket = net.connect(port, "127.0.0.1");
    const opening = openConnection({ socket });
    const error = await failure(openConnection({ socket }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe("Cannot adopt the socket: it belongs to another connection");
    await using connection = await opening;
    expect(await echoes(connection)).toBe(true);
    const raw = await connectedSocket();
    const securing = openConnection({ socket: raw, tls: true, serverHostname: "" });
    expect((await failure(openConnection({ socket: raw }))).message).toBe(error.message);
    raw.destroy();
    await failure(securing);
  });

  test("adopts a socket whose input has ended", async () => {
    await using ending = await startServer(
      async (reader, writer) => {
        writer.writeEof();
        answers.push(String(await reader.read()));
      },
      "127.0.0.1",
      0,
    );
    const answers: string[] = [];
    const { port: ended } = ending.addresses[0]!;
    const socket = net.connect({ port: ended, host: "127.0.0.1", allowHalfOpen: true }).resume();
    await until(() => socket.readableEnded);
    await using connection = await openConnection({ socket });
    expect((await connection.reader.read()).length).toBe(0);
    connection.writer.write("all the same");
    connection.writer.writeEof();
    await until(() => answers.length === 1);
    expect(answers).toEqual(["all the same"]);
  });

  test.each<[string, () => Duplex]>([
    ["is not connected", () => new net.Socket()],
    ["decodes what it reads (setEncoding)", () => new PassThrough().setEncoding("utf8")],
  ])("rejects a socket that %s", async (state, make) => {
    const error = await failure(openConnection({ socket: make() }));
    expect(error.message).toBe(`Cannot adopt the socket: it ${state}`);
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
  });

  test("rejects keepAlive and noDelay for a stream that is not a net.Socket", async () => {
    for (const options of [{ keepAlive: true }, { noDelay: false }]) {
      const error = await failure(openConnection({ socket: new PassThrough(), ...options }));
      expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
    }
  });

  test("sets noDelay, as on its own connections", async () => {
    const socket = await connectedSocket();
    const set: unknown[] = [];
    socket.setNoDelay = (value) => (set.push(value), socket);
    await using _ = await openConnection({ socket });
    expect(set).toEqual([true]);
  });
});

describe("openConnection({ socket, serverSide: true })", () => {
  const { key, cert, ca } = certificate();

  /** A socket that a plain net.Server accepted, and its peer. */
  async function pair(): Promise<[accepted: net.Socket, theirs: net.Socket]> {
    const listener = net.createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    const accepting = once(listener, "connection") as Promise<[net.Socket]>;
    await once(listener, "listening");
    const { port: free } = listener.address() as net.AddressInfo;
    const theirs = net.connect(free, "127.0.0.1");
    const [accepted] = await accepting;
    listener.close();
    return [accepted, theirs];
  }

  test("speaks TLS as a server", async () => {
    const [accepted, theirs] = await pair();
    const opening = openConnection({ socket: accepted, serverSide: true, tls: { key, cert } });
    await using client = await openConnection({
      socket: theirs,
      tls: { ca },
      serverHostname: "localhost",
    });
    await using served = await opening;
    client.writer.write("hello\n");
    expect(String(await served.reader.readline())).toBe("hello\n");
  });

  test("starts TLS as a server", async () => {
    const [accepted, theirs] = await pair();
    await using served = await openConnection({ socket: accepted, serverSide: true });
    await using client = await openConnection({ socket: theirs });
    await Promise.all([
      served.writer.startTls({ key, cert }),
      client.writer.startTls({ ca }, { serverHostname: "localhost" }),
    ]);
    served.writer.write("hello\n");
    expect(String(await client.reader.readline())).toBe("hello\n");
  });

  test("rejects with CancelledError when the signal aborts during the handshake, and destroys the socket", async () => {
    const [accepted, theirs] = await pair();
    const controller = new AbortController();
    const { signal } = controller;
    const options = { socket: accepted, serverSide: true, tls: { key, cert }, signal };
    const opening = failure(openConnection(options));
    controller.abort("enough");
    expect((await opening).cause).toBe("enough");
    expect(getEventListeners(signal, "abort")).toEqual([]);
    theirs.resume();
    await until(() => accepted.destroyed && theirs.destroyed);
  });
});
