import { once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";
import { type Pair, type PairFactory, SocketPeer } from "@aio/contract";
import { type StreamReader, type StreamWriter, openConnection, startServer } from "@aio/streams";
import { certificate } from "./certificates.ts";

const { key, cert, ca } = certificate();

interface Options {
  readonly limit?: number;
}

function pairOf(reader: StreamReader, writer: StreamWriter, socket: tls.TLSSocket): Pair {
  return {
    reader,
    writer,
    peer: new SocketPeer(socket),
    async [Symbol.asyncDispose]() {
      writer.abort();
      socket.destroy();
      await writer.waitClosed().catch(() => {});
    },
  };
}

/** The package is the client; the peer is Node's own TLS. */
async function clientPair(options?: Options): Promise<Pair> {
  const server = tls.createServer({ key, cert, allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const accepted = once(server, "secureConnection") as Promise<[tls.TLSSocket]>;
  const [reader, writer] = await openConnection("127.0.0.1", port, { ...options, tls: { ca } });
  const [socket] = await accepted;
  server.close();
  return pairOf(reader, writer, socket);
}

/** The package is the server, with TLS from the start or after an upgrade. */
async function serverPair(starts: boolean, options?: Options): Promise<Pair> {
  const settings = { ...options, ...(!starts && { tls: { key, cert } }) };
  let tell: ((streams: [StreamReader, StreamWriter]) => void) | undefined;
  const served = new Promise<[StreamReader, StreamWriter]>((resolve) => {
    tell = resolve;
  });
  const server = await startServer((...streams) => tell?.(streams), "127.0.0.1", 0, settings);
  const { port } = server.addresses[0]!;
  const raw = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const socket = tls.connect({ socket: raw, ca, host: "localhost", servername: "localhost" });
  const [reader, writer] = await served;
  if (starts) await writer.startTls({ key, cert });
  server.close();
  return pairOf(reader, writer, socket);
}

/** TLS on either side, and on a connection that began without it. */
export const tlsFactories: readonly PairFactory[] = [
  { name: "TLS", isOneConnection: true, make: clientPair },
  {
    name: "TLS, server side",
    isOneConnection: true,
    make: (options) => serverPair(false, options),
  },
  {
    name: "a connection upgraded to TLS",
    isOneConnection: true,
    make: (options) => serverPair(true, options),
  },
];
