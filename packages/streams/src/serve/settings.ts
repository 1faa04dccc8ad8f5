import { invalidArgumentType } from "@aio/errors";

import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkStreamOptions,
  checkTlsTimeouts,
  keepAliveOptions,
} from "../check-options.ts";
import type { AcceptSettings } from "./listener.ts";
import type { ClientConnected, ServerOptions, UnixServerOptions } from "../options.ts";
import { ServerClients, printError } from "./clients.ts";
import { defaultHandshakeTimeout, defaultShutdownTimeout } from "../tls/handshake.ts";
import { TlsAcceptor, checkServerTls } from "../tls/server.ts";

const defaultBacklog = 100;

/** What both kinds of server make of their arguments: what each accepted client meets. */
export function serverSettings(
  clientConnected: ClientConnected,
  options: Partial<ServerOptions & UnixServerOptions>,
): { clients: ServerClients; accepting: AcceptSettings } {
  if (typeof clientConnected !== "function") {
    throw invalidArgumentType("clientConnected", "a function", clientConnected);
  }
  const { tls, limit, highWaterMark, onError = printError } = options;
  const { backlog = defaultBacklog, startServing = true } = options;
  checkStreamOptions(options);
  checkServerTls(tls);
  checkTlsTimeouts(options, tls !== undefined);
  checkInteger("backlog", backlog, 1, 2 ** 31 - 1);
  checkBoolean("startServing", startServing);
  checkFunction("onError", onError);
  const keepAlive = keepAliveOptions(options.keepAlive);
  const { tlsHandshakeTimeout = defaultHandshakeTimeout } = options;
  const clients = new ServerClients(clientConnected, {
    limit,
    highWaterMark,
    tls: tls && new TlsAcceptor(tls, tlsHandshakeTimeout),
    tlsShutdownTimeout: options.tlsShutdownTimeout ?? defaultShutdownTimeout,
    onError,
  });
  const accepting: AcceptSettings = {
    ...keepAlive,
    backlog,
    startServing,
    onAccept: (socket, known) => clients.accept(socket, known),
    onError: (error) => void clients.report(error, { kind: "accept" }),
  };
  return { clients, accepting };
}
