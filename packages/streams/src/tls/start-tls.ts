import {
  RuntimeError,
  type WaitOptions,
  checkedString,
  invalidArgumentValue,
  optionNames,
  signalOf,
} from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { throwIfAborted } from "../abort.ts";
import { type ClientTls, TlsClient } from "./client.ts";
import {
  type TlsSide,
  type TlsTimeouts,
  afterTls,
  checkedTlsTimeouts,
  handshakeActivity,
} from "./handshake.ts";
import { type ServerTls, TlsAcceptor } from "./server.ts";

/** Options of {@link StreamWriter.startTls}. */
export interface StartTlsOptions extends TlsTimeouts, WaitOptions {
  /**
   * The name that the server's certificate must be for, if this side is the client. With `""` the
   * certificate is still checked, its name is not.
   *
   * @defaultValue the host that was connected to
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

/** What an upgrade to TLS takes, checked before anything is touched. */
export interface TlsUpgrade {
  readonly tls: TlsSide;
  readonly isServer: boolean;
  readonly tlsShutdownTimeout: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Check the arguments of startTls(): if one is wrong the stream goes on as it was.
 *
 * @param host - The host that a client has connected to.
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
  const { serverHostname = host } = given;
  const isServer = side === "server";
  if (isServer && given.serverHostname !== undefined) {
    throw invalidArgumentValue(
      "Cannot use serverHostname: this is the server side of the connection",
    );
  }
  if (!isServer && serverHostname === undefined) {
    throw invalidArgumentValue('Cannot start TLS: set serverHostname, or "" to check no name');
  }
  const tls = isServer
    ? new TlsAcceptor(settings, tlsHandshakeTimeout)
    : new TlsClient(settings, checkedString("serverHostname", serverHostname), tlsHandshakeTimeout);
  const asked = given.tlsShutdownTimeout === undefined ? undefined : tlsShutdownTimeout;
  return { tls, isServer, tlsShutdownTimeout: asked, signal };
}

/**
 * Upgrade a connection that began without TLS.
 *
 * What a client has sent in one go with its request for TLS belongs to the handshake. The other way
 * round there is nothing that a server may say before the handshake: it would be taken for part of
 * the secure conversation although anybody could have injected it, and is an error.
 *
 * @param buffered - What the peer has sent already and nobody has read: the stream no longer holds it.
 * @throws {CancelledError} If the signal aborts first; the socket is destroyed, as it is after any
 * other failure.
 * @throws {RuntimeError} If the server has sent something already.
 */
export async function upgradeToTls(
  socket: Duplex,
  buffered: Buffer,
  { tls, isServer, signal }: TlsUpgrade,
): Promise<tls.TLSSocket> {
  try {
    throwIfAborted(signal, handshakeActivity);
    if (buffered.length > 0) {
      if (!isServer) throw sentBefore(buffered.length);
      socket.unshift(buffered);
    }
    return await tls.secure(socket, signal);
  } catch (error) {
    // An abort may come amid the handshake.
    afterTls(() => socket.destroy());
    throw error;
  }
}

function sentBefore(bytes: number): RuntimeError {
  return new RuntimeError(`Cannot start TLS: the server has sent ${bytes} bytes before it`);
}
