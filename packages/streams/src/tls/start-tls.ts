import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import {
  RuntimeError,
  type WaitOptions,
  checkedString,
  invalidArgumentValue,
  optionNames,
  signalOf,
} from "@aio/errors";
import { type ClientTls, TlsClient, defaultServerHostname } from "./client.ts";
import { type TlsSide, type TlsTimeouts, checkedTlsTimeouts } from "./handshake.ts";
import { type ServerTls, TlsAcceptor } from "./server.ts";

/** Options of {@link StreamWriter.startTls}. */
export interface StartTlsOptions extends TlsTimeouts, WaitOptions {
  /**
   * The name that the server's certificate must be for, if this side is the client. With `""`, only the
   * certificate is checked, not its name.
   *
   * @defaultValue the `servername` in the settings, or the host of the connection
   */
  readonly serverHostname?: string | undefined;
}

const names = optionNames(
  ["serverHostname", "tlsHandshakeTimeout", "tlsShutdownTimeout", "signal"],
  {
    sslcontext: "the first argument",
    servername: "serverHostname",
  },
);

/** The arguments of startTls(), checked. */
export interface TlsUpgrade {
  readonly tls: TlsSide;
  readonly isServer: boolean;
  readonly tlsShutdownTimeout: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Check the arguments of startTls(), before the stream is touched.
 *
 * @param host - The host that a client is connected to.
 */
export function tlsUpgrade(
  side: "client" | "server",
  settings: ClientTls | ServerTls,
  options: StartTlsOptions | undefined,
  host: string | undefined,
): TlsUpgrade {
  const signal = signalOf(options, names);
  const given = options ?? {};
  const { tlsHandshakeTimeout, tlsShutdownTimeout } = checkedTlsTimeouts(given);
  const { serverHostname = defaultServerHostname(settings, host) } = given;
  const isServer = side === "server";
  if (isServer && given.serverHostname !== undefined) {
    throw invalidArgumentValue(
      "Cannot use serverHostname: this is the server side of the connection",
    );
  }
  if (!isServer && serverHostname === undefined) {
    throw invalidArgumentValue('Cannot start TLS: set serverHostname ("" skips the name check)');
  }
  const tls = isServer
    ? new TlsAcceptor(settings, tlsHandshakeTimeout)
    : new TlsClient(settings, checkedString("serverHostname", serverHostname), tlsHandshakeTimeout);
  return { tls, isServer, tlsShutdownTimeout, signal };
}

/**
 * Upgrade a plaintext connection to TLS.
 *
 * Bytes that a client sent together with its request for TLS belong to the handshake. Bytes that a
 * server sent before the handshake are an error: the caller would take them for part of the secure
 * conversation, although an attacker could have injected them.
 *
 * @param buffered - What the peer sent and no call has read. The reader no longer holds it.
 * @throws {CancelledError} If the signal aborts first; the socket is destroyed, as it is after any
 * other failure.
 * @throws {RuntimeError} If the server has sent something already.
 */
export async function upgradeToTls(
  socket: Duplex,
  buffered: Buffer,
  { tls, isServer, signal }: TlsUpgrade,
): Promise<tls.TLSSocket> {
  if (buffered.length > 0) {
    if (!isServer) {
      socket.destroy();
      throw new RuntimeError(
        `Cannot start TLS: the server has sent ${buffered.length} bytes before the handshake`,
      );
    }
    socket.unshift(buffered);
  }
  return tls.secure(socket, signal);
}
