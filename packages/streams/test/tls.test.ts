import { getEventListeners, once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";
import { CancelledError, TimeoutError } from "@aio/errors";
import {
  type ConnectOptions,
  type Connection,
  type Server,
  type ServerErrorInfo,
  type ServerOptions,
  type ServerTls,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { failure, isPending, until } from "./waiting.ts";

const { key, cert, ca } = certificate();
const closing: { [Symbol.asyncDispose](): PromiseLike<void> }[] = [];
const reports: (ServerErrorInfo & { error: unknown })[] = [];

afterEach(async () => {
  reports.length = 0;
  await Promise.all(closing.splice(0).map((each) => each[Symbol.asyncDispose]()));
  await until(() => !process.getActiveResourcesInfo().includes("TLSWrap"));
});

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
  writer.write("end\n");
}

async function start(
  handler = echo as Parameters<typeof startServer>[0],
  options: ServerOptions = {},
): Promise<Server<TcpAddress>> {
  const server = await startServer(handler, "127.0.0.1", 0, {
    tls: { key, cert },
    onError: (error, info) => reports.push({ ...info, error }),
    ...options,
  });
  closing.push(server);
  return server;
}

async function connect(
  { addresses: [address] }: Server<TcpAddress>,
  options: ConnectOptions = {},
): Promise<Connection> {
  const connection = await openConnection("127.0.0.1", address!.port, { tls: { ca }, ...options });
  closing.push(connection);
  return connection;
}

/** A server that accepts and sends nothing, unless `onClient` does. */
async function silent(onClient: (socket: net.Socket) => void = () => {}): Promise<number> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onClient(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push({
    [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return (server.address() as net.AddressInfo).port;
}

const kinds: [string, () => ServerTls][] = [
  ["options", () => ({ key, cert })],
  ["a SecureContext", () => tls.createSecureContext({ key, cert })],
];

describe("TLS", () => {
  test.each(kinds)("works with %s on the server, even half-closed", async (_, settings) => {
    const server = await start(echo, { tls: settings() });
    const { reader, writer } = await connect(server);
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    writer.writeEof();
    expect(String(await reader.read())).toBe("end\n");
  });

  test("works with a SecureContext on the client", async () => {
    const context = tls.createSecureContext({ ca });
    const { reader, writer } = await connect(await start(), { tls: context });
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    expect(writer.getExtraInfo("sslcontext")).toBe(context);
  });

  test("keeps data, and end of input, that arrive with the last bytes of the handshake", async () => {
    const server = await start(async (_, writer) => writer.write("at once"));
    const { reader } = await connect(server);
    expect(String(await reader.read())).toBe("at once");
    expect(reader.atEof()).toBe(true);
  });

  test("carries large blocks in both directions", async () => {
    const block = Buffer.alloc(3_000_000, "0123456789abcdef");
    const server = await start(async (reader, writer) => {
      writer.write(await reader.readexactly(block.length));
    });
    const { reader, writer } = await connect(server);
    writer.write(block);
    expect((await reader.readexactly(block.length)).equals(block)).toBe(true);
  });
});

describe("StreamWriter.getExtraInfo() over TLS", () => {
  test("returns the certificate, the cipher, the context and the addresses, on both sides", async () => {
    let there: StreamWriter | undefined;
    const server = await start((_, writer) => {
      there = writer;
    });
    const { writer } = await connect(server);
    expect(writer.getExtraInfo("peercert")?.subject.CN).toBe("aio");
    expect(writer.getExtraInfo("cipher")?.name).toMatch(/^TLS_/);
    expect(writer.getExtraInfo("sslcontext")).toBeDefined();
    expect(writer.getExtraInfo("sslObject")).toBeInstanceOf(tls.TLSSocket);
    expect(writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
    await until(() => there !== undefined);
    expect(there?.getExtraInfo("peername")).toEqual(writer.getExtraInfo("sockname"));
    expect(there?.getExtraInfo("peercert")).toBeUndefined();
    expect(there?.getExtraInfo("cipher")?.name).toMatch(/^TLS_/);
  });
});

describe("openConnection() with tls", () => {
  test("rejects if no trusted authority has signed the certificate", async () => {
    const server = await start();
    const error = await failure(connect(server, { tls: true }));
    expect(error.code).toMatch(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/);
    await until(() => server.connections === 0);
    expect(await connect(server, { tls: { rejectUnauthorized: false } })).toBeDefined();
  });

  test("rejects if the certificate is not for the host or serverHostname", async () => {
    const other = certificate("DNS:other.test");
    const settings = { tls: { ca: other.ca } };
    const server = await start(echo, { tls: other });
    const byHost = await failure(connect(server, settings));
    expect(byHost.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    await connect(server, { ...settings, serverHostname: "other.test" });
  });

  test('checks the chain and not the name with serverHostname: ""', async () => {
    const other = certificate("DNS:other.test");
    const server = await start(echo, { tls: other });
    await connect(server, { tls: { ca: other.ca }, serverHostname: "" });
    const untrusted = await failure(connect(server, { serverHostname: "" }));
    expect(untrusted.code).toMatch(/SIGNATURE|SELF_SIGNED/);
  });

  test("checks the certificate for serverHostname, whatever name tls.servername sends as SNI", async () => {
    const other = certificate("DNS:other.test");
    const names: unknown[] = [];
    const server = await start(
      (_, writer) => {
        names.push((writer.socket as tls.TLSSocket & { servername: unknown }).servername);
      },
      { tls: other },
    );
    const named = (servername: string) => ({ tls: { ca: other.ca, servername } });
    await connect(server, { ...named("sent.test"), serverHostname: "other.test" });
    await until(() => names.length === 1);
    expect(names).toEqual(["sent.test"]);
    const error = await failure(
      connect(server, { ...named("other.test"), serverHostname: "localhost" }),
    );
    expect(error.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(error.message).toContain("Host: localhost.");
  });

  test("checks the certificate for tls.servername, or else the host, without serverHostname", async () => {
    const other = certificate("DNS:other.test");
    const server = await start(echo, { tls: other });
    const named = { tls: { ca: other.ca, servername: "other.test" } };
    await connect(server, named);
    const socket = net.connect(server.addresses[0]!.port, "127.0.0.1");
    closing.push(await openConnection({ socket, ...named }));
    const error = await failure(connect(server, { tls: { ca: other.ca, servername: "" } }));
    expect(error.message).toContain("IP: 127.0.0.1 ");
  });

  test("sends a host name as SNI, but never an address", async () => {
    const names: unknown[] = [];
    const server = await start(async (_, writer) => {
      names.push((writer.socket as tls.TLSSocket & { servername: unknown }).servername);
    });
    await (await connect(server, { serverHostname: "localhost" })).reader.read();
    await (await connect(server)).reader.read();
    expect(names).toEqual(["localhost", false]);
  });

  test("rejects when the handshake takes too long, and closes the socket", async () => {
    const lost: boolean[] = [];
    const port = await silent((socket) => socket.on("close", () => lost.push(true)).resume());
    const error = await failure(
      openConnection("127.0.0.1", port, { tls: true, tlsHandshakeTimeout: 30 }),
    );
    expect(error.code).toBe("ERR_TLS_HANDSHAKE_TIMEOUT");
    expect(error.message).toContain("30 ms");
    await until(() => lost.length === 1);
  });

  test.each([
    ["ends", (socket: net.Socket) => socket.end()],
    ["resets", (socket: net.Socket) => socket.resetAndDestroy()],
  ])("rejects with ECONNRESET when the peer %s during the handshake", async (_, leave) => {
    const port = await silent((socket) => socket.once("data", () => leave(socket)));
    const error = await failure(openConnection("127.0.0.1", port, { tls: true }));
    expect(error.code).toBe("ECONNRESET");
  });

  test("rejects when the peer does not speak TLS", async () => {
    const port = await silent((socket) => socket.write("220 ready\r\n"));
    const error = await failure(openConnection("127.0.0.1", port, { tls: true }));
    expect(error.code).toMatch(/^ERR_SSL_/);
  });

  test("rejects with CancelledError, caused by the reason, when the signal aborts during the handshake, and closes the socket", async () => {
    const lost: boolean[] = [];
    const port = await silent((socket) => {
      socket.on("close", () => lost.push(true));
      socket.once("data", () => controller.abort("enough"));
    });
    const controller = new AbortController();
    const { signal } = controller;
    const error = await failure(openConnection("127.0.0.1", port, { tls: true, signal }));
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.cause).toBe("enough");
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await until(() => lost.length === 1);
  });
});

describe("startServer() with tls", () => {
  test("requests certificates, and refuses clients without a trusted one", async () => {
    const server = await start(echo, { tls: { key, cert, ca, requestCert: true } });
    const { reader, writer } = await connect(server, { tls: { ca, key, cert } });
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    const other = certificate("DNS:other.test");
    for (const shown of [{}, { key: other.key, cert: other.cert }]) {
      // Over TLS 1.3 the client sees the refusal only when it reads.
      const connection = await connect(server, { tls: { ca, ...shown } });
      await failure(connection.reader.readexactly(1));
    }
    await until(() => reports.length === 2);
    expect(reports.every(({ kind }) => kind === "tls")).toBe(true);
  });

  test.each(kinds)(
    "with %s keeps serving after failed handshakes, and reports each with its reason and peer",
    async (_, settings) => {
      const server = await start(echo, { tls: settings(), tlsHandshakeTimeout: 500 });
      const { port } = server.addresses[0]!;
      const peers: (number | undefined)[] = [];
      for (const talk of [
        (socket: net.Socket) => socket.write("GET / HTTP/1.0\r\n\r\n"),
        (socket: net.Socket) => socket.end(),
        (socket: net.Socket) => socket.resetAndDestroy(),
        () => {},
      ]) {
        const socket = net.connect(port, "127.0.0.1", () => {
          peers.push(socket.localPort);
          talk(socket);
        });
        socket.on("error", () => {}).resume();
        await until(() => reports.length === peers.length && peers.length > 0 && socket.closed);
      }
      expect(reports.map(({ kind }) => kind)).toEqual(["tls", "tls", "tls", "tls"]);
      expect(reports.map(({ peername }) => peername?.port)).toEqual(peers);
      expect(reports.map(({ error }) => (error as { code: string }).code)).toEqual([
        expect.stringMatching(/^ERR_SSL_/),
        "ECONNRESET",
        "ECONNRESET",
        "ERR_TLS_HANDSHAKE_TIMEOUT",
      ]);
      await until(() => server.connections === 0);
      const { reader, writer } = await connect(server);
      writer.write("still here\n");
      expect(String(await reader.readline())).toBe("still here\n");
    },
  );

  test.each(["closeClients", "abortClients"] as const)(
    "ends pending handshakes with %s(), without a report",
    async (end) => {
      const server = await start();
      const socket = net.connect(server.addresses[0]!.port, "127.0.0.1").resume();
      await until(() => server.connections === 1);
      server.close();
      server[end]();
      await server.waitClosed();
      await until(() => socket.closed);
      expect(reports).toEqual([]);
    },
  );
});

/** A connection through a proxy, whose socket can send anything to the client. */
async function tapped(): Promise<[Connection, net.Socket]> {
  const server = await start();
  let tap: net.Socket | undefined;
  const port = await silent((socket) => {
    tap = socket;
    const onwards = net.connect(server.addresses[0]!.port, "127.0.0.1");
    onwards.on("error", () => {});
    socket.pipe(onwards).pipe(socket);
  });
  const connection = await openConnection("127.0.0.1", port, { tls: { ca } });
  closing.push(connection);
  connection.writer.write("hello\n");
  expect(String(await connection.reader.readline())).toBe("hello\n");
  return [connection, tap!];
}

describe("A TLS connection", () => {
  test("is lost with an error when the peer sends something other than TLS", async () => {
    const [{ reader, writer }, tap] = await tapped();
    tap.write("this is not a record");
    const error = await failure(reader.read());
    expect(error.code).toMatch(/^ERR_SSL_/);
    expect(await failure(writer.waitClosed())).toBe(error);
  });

  test.each<[string, (raw: net.Socket) => net.Socket, ConnectOptions]>([
    ...kinds.map(([kind, settings]): [string, (raw: net.Socket) => net.Socket, object] => [
      kind,
      (raw) => raw,
      { tls: settings() },
    ]),
    [
      "a TLSSocket of the caller's",
      (raw) =>
        new tls.TLSSocket(raw, {
          isServer: true,
          secureContext: tls.createSecureContext({ key, cert }),
        }),
      {},
    ],
  ])(
    "with %s on the server is lost with an error when the client sends something other than TLS",
    async (_, wrap, options) => {
      let served: Promise<Connection> | undefined;
      const port = await silent((socket) => {
        served = openConnection({ socket: wrap(socket), serverSide: true, ...options });
      });
      const raw = net.connect(port, "127.0.0.1");
      const secure = tls.connect({ socket: raw, ca, servername: "localhost" });
      secure.on("error", () => {});
      await once(secure, "secureConnect");
      const { reader, writer } = await served!;
      raw.write("this is not a record");
      const error = await failure(reader.read());
      expect(error.code).toMatch(/^ERR_SSL_/);
      expect(await failure(writer.waitClosed())).toBe(error);
      raw.destroy();
    },
  );

  test("reaches end of input when the peer closes without close_notify", async () => {
    const [{ reader }, tap] = await tapped();
    tap.end();
    expect(String(await reader.read())).toBe("");
  });
});

describe("StreamWriter.close() over TLS", () => {
  test("lets a waiting read end once everything is sent, even if the peer never closes", async () => {
    let there: StreamWriter | undefined;
    const server = await start((_, writer) => {
      there = writer;
    });
    const { reader, writer } = await connect(server);
    await until(() => there !== undefined);
    const read = reader.read();
    const closed = writer.waitClosed();
    writer.close();
    expect((await read).length).toBe(0);
    expect(await isPending(closed)).toBe(true);
    there?.close();
    await closed;
  });

  test("aborts the connection after tlsShutdownTimeout if the peer does not read", async () => {
    let there: StreamWriter | undefined;
    const server = await start(
      (_, writer) => {
        there = writer;
      },
      { tlsShutdownTimeout: 60 },
    );
    const { writer } = await connect(server, { limit: 1 });
    await until(() => there !== undefined);
    there?.write(Buffer.alloc(32 << 20));
    const loss = failure(there!.waitClosed());
    there?.close();
    expect(await loss).toBeInstanceOf(TimeoutError);
    await until(() => server.connections === 0);
    writer.abort();
  });
});
