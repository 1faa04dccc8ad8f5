import type { Duplex } from "node:stream";

import type { UnixAddress } from "./address.ts";
import {
  checkNeedsTls,
  checkStreamOptions,
  checkString,
  checkTlsTimeouts,
} from "./check-options.ts";
import { type Connection, connectionOver } from "./connection.ts";
import type { UnixConnectOptions } from "./options.ts";
import { throwIfAborted } from "./pending.ts";
import {
  type ClientTlsSettings,
  checkClientTls,
  clientTlsSettings,
  secureClient,
} from "./tls-client.ts";
import {
  defaultHandshakeTimeout,
  defaultShutdownTimeout,
  secureContextOf,
} from "./tls-handshake.ts";

/** What becomes of a socket once it is connected. */
export interface ClientSettings {
  readonly limit: number | undefined;
  readonly highWaterMark: number | undefined;
  readonly tls: ClientTlsSettings | undefined;
  readonly serverHostname: string;
  /** For a later startTls(): the host that was connected to. */
  readonly host: string | undefined;
  readonly tlsHandshakeTimeout: number;
  readonly tlsShutdownTimeout: number;
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
    limit,
    highWaterMark,
    tls,
    serverHostname: serverHostname ?? "",
    host,
    tlsHandshakeTimeout: options.tlsHandshakeTimeout ?? defaultHandshakeTimeout,
    tlsShutdownTimeout: options.tlsShutdownTimeout ?? defaultShutdownTimeout,
  };
}

/** The streams over a socket that is connected, below TLS if it is asked for. */
export async function streamsOver(
  socket: Duplex,
  settings: ClientSettings,
  signal: AbortSignal | undefined,
  addresses?: { readonly peername: UnixAddress; readonly sockname: UnixAddress },
): Promise<Connection> {
  const { limit, highWaterMark, host, tls, tlsShutdownTimeout } = settings;
  const stream =
    tls === undefined ? socket : await secureClient(socket, tls, { ...settings, signal });
  // An abort between two steps meets nobody who listens.
  throwIfAborted(signal, stream);
  return connectionOver(stream, {
    limit,
    highWaterMark,
    tlsShutdownTimeout,
    host,
    sslcontext: secureContextOf(stream),
    side: "client",
    ...addresses,
  });
}
