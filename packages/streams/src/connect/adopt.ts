import * as net from "node:net";
import type { Duplex } from "node:stream";
import { invalidArgumentValue } from "@aio/errors";
import { throwIfAborted } from "../abort.ts";
import type { AdoptOptions } from "../options.ts";
import { isTlsSocket, untilSecure } from "../tls/peer.ts";
import { isOwned } from "../transport/socket-events.ts";
import { type Connection, connectionOver } from "./connection.ts";
import { adoptSettings } from "./settings.ts";

/** Adopt an existing socket: openConnection({ socket }), with its options unchecked. */
export async function adoptSocket(options: AdoptOptions): Promise<Connection> {
  const settings = adoptSettings(options);
  const { socket, tcp, signal } = settings;
  checkAdoptable(socket);
  throwIfAborted(signal, "waiting for the connection");
  if (socket instanceof net.Socket) {
    socket.setNoDelay(tcp.noDelay);
    if (options.keepAlive !== undefined) {
      socket.setKeepAlive(tcp.keepAlive, tcp.keepAliveInitialDelay);
    }
  }
  if (isTlsSocket(socket)) await untilSecure(socket, signal);
  return connectionOver(socket, settings);
}

function checkAdoptable(socket: Duplex): void {
  const state = whyUnfit(socket);
  if (state === undefined) return;
  const error = invalidArgumentValue(`Cannot adopt the socket: it ${state}`);
  throw socket.errored === null ? error : Object.assign(error, { cause: socket.errored });
}

// Over an unfit socket, writes would be dropped, or reads would report end of input.
function whyUnfit(socket: Duplex): string | undefined {
  if (socket.destroyed) return "is destroyed";
  if (socket.writableEnded) return "has ended its output";
  if (isOwned(socket)) return "belongs to another connection";
  if (socket instanceof net.Socket && socket.pending && !socket.connecting) {
    return "is not connected";
  }
  // A socket with an encoding yields text instead of bytes, and crashes the process under TLS
  // (https://github.com/nodejs/node/issues/58756).
  return socket.readableEncoding === null ? undefined : "decodes what it reads (setEncoding)";
}
