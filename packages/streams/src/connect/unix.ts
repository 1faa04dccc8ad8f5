import * as net from "node:net";
import { throwIfAborted } from "../abort.ts";
import type { UnixConnectOptions } from "../options.ts";
import { type Connection, connectionOver } from "./connection.ts";
import { unixSettings } from "./settings.ts";

/** Connect to a Unix socket: openUnixConnection(), with its arguments unchecked. */
export async function connectUnix(
  path: unknown,
  options: UnixConnectOptions | undefined,
): Promise<Connection> {
  const settings = unixSettings(path, options);
  throwIfAborted(settings.signal, "waiting for the connection");
  const socket = net.connect({ path: settings.path, allowHalfOpen: true });
  const addresses = { peername: { path: settings.path }, sockname: { path: "" } };
  return connectionOver(socket, settings, addresses);
}
