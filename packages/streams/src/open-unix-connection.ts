import { signalOf } from "@aio/errors";
import * as net from "node:net";

import { checkOptions } from "./check-options.ts";
import { clientSettings, secured, streamsOver } from "./connect/settings.ts";
import type { Connection } from "./connection.ts";
import type { UnixConnectOptions } from "./options.ts";
import { throwIfAborted } from "./pending.ts";
import { socketPath } from "./unix-path.ts";
import { untilConnected } from "./connect/until-connected.ts";

/**
 * Connect to a Unix socket.
 *
 * @param path - Its file, or the name (`"\0name"`) of one that has none.
 * @throws {CancelledError} If `signal` aborts first; whatever was opened is closed then.
 * @throws {TypeError} If an argument is missing, of the wrong kind or contradicts another.
 * @throws {RangeError} If a number is out of range, or the path longer than the system's 107 bytes.
 * @throws Node's error, with its `code`: `ENOENT` where there is no such file, `ECONNREFUSED` where
 * nobody listens any more.
 *
 * @example Say hello to a server on this machine
 * ```ts
 * import { openUnixConnection, startUnixServer } from "@aio/streams";
 *
 * const path = `/tmp/aio-hello-${process.pid}.sock`;
 * await using server = await startUnixServer(async (reader, writer) => {
 *   writer.write(`hello, ${await reader.readline()}`);
 * }, path);
 *
 * await using connection = await openUnixConnection(path);
 * connection.writer.write("world\n");
 * console.log(String(await connection.reader.readline())); // hello, world
 * ```
 *
 * @see asyncio.open_unix_connection
 */
export async function openUnixConnection(
  path: string | URL,
  options?: UnixConnectOptions,
): Promise<Connection> {
  const signal = signalOf({ signal: options?.signal });
  const name = socketPath(path);
  const settings = clientSettings(checkOptions(options));
  throwIfAborted(signal);

  const socket = net.connect({ path: name, allowHalfOpen: true });
  await untilConnected(socket, signal);
  const addresses = { peername: { path: name }, sockname: { path: "" } };
  return streamsOver(await secured(socket, settings, signal), settings, signal, addresses);
}
