import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pair, type PairFactory, SocketPeer } from "@aio/contract";
import {
  type Connection,
  type StreamReader,
  type StreamWriter,
  openConnection,
  openUnixConnection,
  startServer,
} from "@aio/streams";

interface Options {
  readonly limit?: number;
  readonly highWaterMark?: number;
}

export interface StreamPair extends Pair {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  /** The peer's socket. */
  readonly socket: net.Socket;
}

function pairOf(
  [reader, writer]: Pick<Connection, 0 | 1> & Iterable<StreamReader | StreamWriter>,
  socket: net.Socket,
  cleanUp: () => unknown,
): StreamPair {
  return {
    reader: reader as StreamReader,
    writer: writer as StreamWriter,
    socket,
    peer: new SocketPeer(socket),
    async [Symbol.asyncDispose]() {
      (writer as StreamWriter).abort();
      socket.destroy();
      await (writer as StreamWriter).waitClosed().catch(() => undefined);
      await cleanUp();
    },
  };
}

async function connected(
  server: net.Server,
  connect: () => Promise<Connection>,
): Promise<readonly [Connection, net.Socket]> {
  const accepted = once(server, "connection") as Promise<[net.Socket]>;
  const connection = await connect();
  const [socket] = await accepted;
  server.close();
  return [connection, socket];
}

/** A TCP connection with the package as the client. */
export async function tcpPair(options?: Options): Promise<StreamPair> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const [connection, socket] = await connected(server, () =>
    openConnection("127.0.0.1", port, options),
  );
  return pairOf(connection, socket, () => undefined);
}

/** A TCP connection with the package as the server. */
export async function servedPair(options?: Options): Promise<StreamPair> {
  let tell: ((streams: [StreamReader, StreamWriter]) => void) | undefined;
  const served = new Promise<[StreamReader, StreamWriter]>((resolve) => (tell = resolve));
  const server = await startServer(
    (reader, writer) => tell?.([reader, writer]),
    "127.0.0.1",
    0,
    options,
  );
  const port = server.addresses[0]?.port ?? 0;
  const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const streams = await served;
  server.close();
  return pairOf(streams, socket, () => server.waitClosed());
}

/** A connection over a Unix socket. */
export async function unixPair(options?: Options): Promise<StreamPair> {
  const folder = await mkdtemp(join(tmpdir(), "aio-"));
  const path = join(folder, "socket");
  const server = net.createServer({ allowHalfOpen: true }).listen(path);
  await once(server, "listening");
  const [connection, socket] = await connected(server, () => openUnixConnection(path, options));
  return pairOf(connection, socket, () => rm(folder, { recursive: true }));
}

/** Plain connections. */
export const plainFactories: readonly PairFactory[] = [
  { name: "TCP", isOneConnection: true, make: tcpPair },
  { name: "TCP, server side", isOneConnection: true, make: servedPair },
  { name: "a Unix socket", isOneConnection: true, make: unixPair },
];
