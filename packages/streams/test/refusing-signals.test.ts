import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { inspect } from "node:util";
import {
  StreamReader,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "@aio/streams";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { type StreamPair, servedPair, tcpPair } from "./pairs.ts";
import { failure, unhearable, until } from "./waiting.ts";

const { key, cert, ca } = certificate();

type Options = { readonly signal: AbortSignal };

/** How many sockets and servers of this process are open. */
function openHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Pipe|TLS|Timeout/.test(name))
    .length;
}

let before: number;
let folder: string;
let listener: net.Server;
let unixListener: net.Server;
let port: number;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aio-test-"));
  path = join(folder, "socket");
  listener = net.createServer((socket) => socket.on("error", () => {}).resume());
  unixListener = net.createServer((socket) => socket.on("error", () => {}).resume());
  await once(listener.listen(0, "127.0.0.1"), "listening");
  await once(unixListener.listen(path), "listening");
  ({ port } = listener.address() as net.AddressInfo);
  before = openHandles();
});
afterEach(async () => {
  listener.close();
  unixListener.close();
  await rm(folder, { recursive: true });
});

const openings: readonly [string, (options: Options) => Promise<unknown>][] = [
  ["openConnection()", (options) => openConnection("127.0.0.1", port, options)],
  ["openConnection() to a name", (options) => openConnection("localhost", port, options)],
  [
    "openConnection() with TLS",
    (options) => openConnection("127.0.0.1", port, { ...options, tls: { ca } }),
  ],
  [
    "openConnection() over a socket that connects",
    (options) => openConnection({ ...options, socket: net.connect(port, "127.0.0.1") }),
  ],
  [
    "openConnection() over a socket, with TLS",
    async (options) => {
      const socket = net.connect(port, "127.0.0.1");
      await once(socket, "connect");
      return openConnection({ ...options, socket, tls: { ca }, serverHostname: "localhost" });
    },
  ],
  [
    "openConnection() over a socket, as the server, with TLS",
    async (options) => {
      const socket = net.connect(port, "127.0.0.1");
      await once(socket, "connect");
      return openConnection({ ...options, socket, tls: { key, cert }, serverSide: true });
    },
  ],
  [
    "openConnection() over a TLS socket in its handshake",
    (options) => openConnection({ ...options, socket: tls.connect(port, "127.0.0.1") }),
  ],
  ["openUnixConnection()", (options) => openUnixConnection(path, options)],
  [
    "openUnixConnection() with TLS",
    (options) => openUnixConnection(path, { ...options, tls: { ca }, serverHostname: "localhost" }),
  ],
  ["startServer()", (options) => startServer(() => {}, "127.0.0.1", 0, options)],
  ["startServer() on a name", (options) => startServer(() => {}, "localhost", 0, options)],
  ["startUnixServer()", (options) => startUnixServer(() => {}, join(folder, "other"), options)],
];

describe("With a signal that refuses listeners", () => {
  test.each(openings)("%s rejects with its error, and leaves nothing open", async (_, open) => {
    const error = await failure(open({ signal: unhearable() }));
    expect(error.message).toBe("This signal refuses listeners");
    await until(() => openHandles() <= before);
  });

  test.each(openings.filter(([name]) => name.endsWith("() with TLS")))(
    "%s leaves nothing open if the signal refuses only the handshake",
    async (_, open) => {
      const controller = new AbortController();
      const opening = failure(open({ signal: controller.signal }));
      unhearable(controller);
      expect((await opening).message).toBe("This signal refuses listeners");
      await until(() => openHandles() <= before);
    },
  );
});

const reads: readonly [string, (pair: StreamPair, options: Options) => Promise<unknown>][] = [
  ["StreamReader.read()", ({ reader }, options) => reader.read(5, options)],
  ["StreamReader.read(-1)", ({ reader }, options) => reader.read(-1, options)],
  ["StreamReader.readexactly()", ({ reader }, options) => reader.readexactly(5, options)],
  ["StreamReader.readuntil()", ({ reader }, options) => reader.readuntil("\n", options)],
  ["StreamReader.readline()", ({ reader }, options) => reader.readline(options)],
  ["StreamReader.readinto()", ({ reader }, options) => reader.readinto(Buffer.alloc(5), options)],
  [
    "StreamReader.lines()",
    ({ reader }, options) => reader.lines(options)[Symbol.asyncIterator]().next(),
  ],
  ["StreamWriter.waitClosed()", ({ writer }, options) => writer.waitClosed(options)],
  [
    "StreamWriter.drain()",
    ({ writer }, options) => {
      while (!writer.needsDrain) writer.write(Buffer.alloc(1 << 20));
      return writer.drain(options);
    },
  ],
];

describe("With a signal that refuses listeners", () => {
  test.each(reads)("%s rejects with its error, and the connection works", async (_, wait) => {
    await using pair = await tcpPair();
    const error = await failure(wait(pair, { signal: unhearable() }));
    expect(error.message).toBe("This signal refuses listeners");
    expect(inspect(pair.reader)).toBe("StreamReader <0 bytes>");
    await pair.peer.send("hello\n");
    expect(String(await pair.reader.readline())).toBe("hello\n");
    pair.writer.write("and back");
    pair.writer.writeEof();
    expect(String(await pair.peer.receiveAll())).toMatch(/and back$/);
  });

  test("StreamWriter.drain() of a closing connection rejects with its error", async () => {
    await using pair = await tcpPair();
    pair.writer.close();
    const error = await failure(pair.writer.drain({ signal: unhearable() }));
    expect(error.message).toBe("This signal refuses listeners");
  });

  test.each([
    ["StreamWriter.startTls()", tcpPair, { ca }, { serverHostname: "localhost" }],
    ["StreamWriter.startTls() of a server", servedPair, { key, cert }, {}],
  ] as const)(
    "%s rejects with its error, and closes the connection",
    async (_, make, settings, more) => {
      await using pair = await make();
      const options = { ...more, signal: unhearable() };
      expect((await failure(pair.writer.startTls(settings, options))).message).toBe(
        "This signal refuses listeners",
      );
      expect(pair.writer.isClosing()).toBe(true);
      expect((await pair.peer.receiveAll()).length).toBe(0);
    },
  );

  test("a read from any source rejects with its error", async () => {
    const reader = StreamReader.from([Buffer.from("hel"), Buffer.from("lo")]);
    const error = await failure(reader.readexactly(5, { signal: unhearable() }));
    expect(error.message).toBe("This signal refuses listeners");
    expect(String(await reader.readexactly(5))).toBe("hello");
  });

  test("Server.waitClosed() and serveForever() reject with its error, and the server serves", async () => {
    await using server = await startServer((_, writer) => writer.write("hello"), "127.0.0.1", 0);
    const options = { signal: unhearable() };
    expect((await failure(server.waitClosed(options))).message).toBe(
      "This signal refuses listeners",
    );
    expect((await failure(server.serveForever(options))).message).toBe(
      "This signal refuses listeners",
    );
    const forever = server.serveForever();
    const { reader, writer } = await openConnection("127.0.0.1", server.addresses[0]!.port);
    expect(String(await reader.readexactly(5))).toBe("hello");
    writer.close();
    server.close();
    await forever;
  });
});
