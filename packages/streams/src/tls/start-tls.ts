import { RuntimeError, type WaitOptions, signalOf } from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { checkOptions, checkString, checkTlsTimeouts } from "../check-options.ts";
import type { ClientTls, ServerTls, TlsTimeouts } from "../options.ts";
import { Pending, throwIfAborted } from "../pending.ts";
import { checkClientTls, clientTlsSettings, secureClient } from "./client.ts";
import { defaultHandshakeTimeout } from "./handshake.ts";
import { TlsAcceptor, checkServerTls } from "./server.ts";

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

/** A stream that is about to go on below TLS. */
export interface PlainStream {
  readonly socket: Duplex;
  readonly side: "client" | "server";
  /** What the peer has sent already and nobody has read: the stream holds it no more. */
  readonly buffered: Buffer;
  /** The host that a client has connected to. */
  readonly host?: string | undefined;
}

/** Refuses arguments of startTls() before anything is touched, so that the stream goes on as it was. */
export function checkStartTls(
  side: "client" | "server",
  settings: ClientTls | ServerTls,
  options: StartTlsOptions | undefined,
  host: string | undefined,
): void {
  const { serverHostname, ...times } = checkOptions(options);
  if (settings === false || settings === undefined) checkServerTls(settings ?? false);
  checkTlsTimeouts(times, true);
  if (serverHostname !== undefined) checkString("serverHostname", serverHostname);
  if (side === "server") {
    checkServerTls(settings);
    if (serverHostname === undefined) return;
    throw new TypeError("Cannot use serverHostname: this side of the connection is the server");
  }
  checkClientTls(settings);
  if ((serverHostname ?? host) !== undefined) return;
  throw new TypeError('Cannot start TLS: set serverHostname, or "" to check no name');
}

/**
 * Go on below TLS, on a connection that began without it.
 *
 * What a client has sent in one go with its request for TLS belongs to the handshake. The other way
 * round there is nothing that a server may say before the handshake: it would be taken for part of
 * the secure conversation although anybody could have injected it, and is an error.
 *
 * @throws {CancelledError} If `signal` aborts first; the socket is destroyed then, as it is after
 * any other failure.
 * @throws {RuntimeError} If the server has sent something already.
 */
export async function upgradeToTls(
  { socket, side, buffered, host }: PlainStream,
  settings: ClientTls | ServerTls,
  options: StartTlsOptions = {},
): Promise<tls.TLSSocket> {
  const signal = signalOf({ signal: options.signal });
  const { tlsHandshakeTimeout = defaultHandshakeTimeout } = options;
  try {
    throwIfAborted(signal);
    if (side === "server") {
      if (buffered.length > 0) socket.unshift(buffered);
      return await secureServer(
        socket,
        new TlsAcceptor(settings as ServerTls, tlsHandshakeTimeout),
        signal,
      );
    }
    if (buffered.length > 0) {
      throw new RuntimeError(
        `Cannot start TLS: the server has sent ${buffered.length} bytes before it`,
      );
    }
    const serverHostname = options.serverHostname ?? host ?? "";
    const handshake = { serverHostname, tlsHandshakeTimeout, signal };
    return await secureClient(
      socket,
      clientTlsSettings(settings as Exclude<ClientTls, false>),
      handshake,
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function secureServer(
  socket: Duplex,
  acceptor: TlsAcceptor,
  signal: AbortSignal | undefined,
): Promise<tls.TLSSocket> {
  let succeeded = false;
  const pending = new Pending<tls.TLSSocket>(signal, () => {
    if (!succeeded) socket.destroy();
  });
  acceptor.secure(socket, {
    onSecure(secure) {
      succeeded = true;
      pending.resolve(secure);
    },
    onHandshakeFailed: (error) => pending.reject(error),
  });
  return pending.promise;
}
