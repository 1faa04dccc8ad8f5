import * as net from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { invalidArgumentValue } from "@aio/errors";
import { throwIfAborted } from "../abort.ts";
import type { AdoptOptions } from "../options.ts";
import { failOnLateErrors, handshakeFailure, untilSecured } from "../tls/handshake.ts";
import { rememberTls } from "../tls/tls-info.ts";
import { isOwned } from "../transport/socket-events.ts";
import { type Connection, connectionOver } from "./connection.ts";
import { adoptSettings } from "./settings.ts";

// While a socket connects or secures itself, and under TLS, no transport owns it.
const adopted = new WeakSet<Duplex>();

/** Adopt an existing socket: openConnection({ socket }), with its options unchecked. */
export async function adoptSocket(options: AdoptOptions): Promise<Connection> {
  const settings = adoptSettings(options);
  const { socket, tcp, signal } = settings;
  checkAdoptable(socket);
  throwIfAborted(signal, "waiting for the connection");
  adopted.add(socket);
  if (socket instanceof net.Socket) {
    socket.setNoDelay(tcp.noDelay);
    if (options.keepAlive !== undefined) {
      socket.setKeepAlive(tcp.keepAlive, tcp.keepAliveInitialDelay);
    }
  }
  if (isTlsSocket(socket)) await untilAdoptedSecure(socket, signal);
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
  if (isOwned(socket) || adopted.has(socket)) return "belongs to another connection";
  if (socket instanceof net.Socket && socket.pending && !socket.connecting) {
    return "is not connected";
  }
  // A socket with an encoding yields text instead of bytes, and crashes the process under TLS
  // (https://github.com/nodejs/node/issues/58756).
  return socket.readableEncoding === null ? undefined : "decodes what it reads (setEncoding)";
}

// Checks members, because checking the class would load node:tls.
function isTlsSocket(socket: Duplex): socket is tls.TLSSocket {
  return "getPeerCertificate" in socket;
}

/**
 * Wait until the caller's TLS socket has completed its handshake.
 *
 * @throws {CancelledError} If `signal` aborts first; the socket is destroyed, as it is after any other
 * failure.
 */
async function untilAdoptedSecure(
  socket: tls.TLSSocket,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Not getFinished(): a server, and a client of TLS 1.2, send theirs before they have verified the peer.
  if (socket.getPeerFinished() === undefined) {
    await untilSecured<void>(socket, signal, (pending) => {
      // Node's own listener ran first: it destroys a client's socket if it does not trust the peer.
      socket.once("secure", () => {
        if (!socket.destroyed) pending.resolve();
      });
      socket.on("error", (error) => pending.reject(error));
      socket.once("close", () => pending.reject(handshakeFailure()));
    });
  }
  failOnLateErrors(socket);
  rememberTls(socket);
}
