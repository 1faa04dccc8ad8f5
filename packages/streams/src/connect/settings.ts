import type { Duplex } from "node:stream";

import type { Addresses } from "../address.ts";
import {
  checkNeedsTls,
  checkStreamOptions,
  checkString,
  checkTlsTimeouts,
} from "../check-options.ts";
import { type Connection, connectionOver } from "../connection.ts";
import type { UnixConnectOptions } from "../options.ts";
import { throwIfAborted } from "../pending.ts";
import {
  type ClientTlsSettings,
  checkClientTls,
  clientTlsSettings,
  secureClient,
} from "../tls/client.ts";
import { defaultHandshakeTimeout, defaultShutdownTimeout } from "../tls/handshake.ts";
import type { TransportSettings } from "../transport/transport.ts";

/** What becomes of a socket once it is connected. */
export interface ClientSettings extends TransportSettings {
  readonly tls: ClientTlsSettings | undefined;
  readonly serverHostname: string;
  readonly tlsHandshakeTimeout: number;
}

/**
 * What every way to connect makes of the options that they share.
 *
 * @param host - The name that the server's certificate is for, unless the options have one.
 */
export function clientSettings(options: UnixConnectOptions, host?: string): ClientSettings {
  const { limit, highWaterMark, tls: given, serverHostname = host } = options;
  checkStreamOptions(options);
  checkClientTls(given);
  const tls = given === undefined || given === false ? undefined : clientTlsSettings(given);
  checkTlsTimeouts(options, tls !== undefined);
  if (options.serverHostname !== undefined) checkString("serverHostname", serverHostname);
  if (tls === undefined) {
    checkNeedsTls("serverHostname", options.serverHostname);
  } else if (serverHostname === undefined) {
    throw new TypeError(
      'Cannot use tls without a host: set serverHostname, or "" to check no name',
    );
  }
  return {
    side: "client",
    limit,
    highWaterMark,
    tls,
    serverHostname: serverHostname ?? "",
    host,
    tlsHandshakeTimeout: options.tlsHandshakeTimeout ?? defaultHandshakeTimeout,
    tlsShutdownTimeout: options.tlsShutdownTimeout ?? defaultShutdownTimeout,
  };
}

/** What the streams go over: the socket that is connected, or TLS above it if it is asked for. */
export function secured(
  socket: Duplex,
  settings: ClientSettings,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const { tls } = settings;
  if (tls === undefined) return Promise.resolve(socket);
  return secureClient(socket, tls, { ...settings, signal });
}

/**
 * The streams over a stream that is secured. Whoever awaits that calls this in the same breath as it
 * returns: an abort in between would meet nobody who listens.
 */
export function streamsOver(
  stream: Duplex,
  settings: ClientSettings,
  signal: AbortSignal | undefined,
  addresses?: Addresses,
): Connection {
  throwIfAborted(signal, stream);
  return connectionOver(stream, settings, addresses);
}
