import { invalidArgumentValue } from "@aio/errors";
import { adoptSocket } from "./connect/adopt.ts";
import type { Connection } from "./connect/connection.ts";
import { connectTcp } from "./connect/tcp.ts";
import type { AdoptOptions, ConnectOptions } from "./options.ts";

/**
 * Connect to a TCP port: the result is a reader and a writer over the connection.
 *
 * A host can have several addresses. They are tried in turn, alternating between IPv6 and IPv4. Each
 * gets a head start of `happyEyeballsDelay` over the next, earlier attempts continue while later ones
 * start, and the first to connect wins (RFC 8305). If the delay is `null`, they are tried in the
 * resolver's order, one after the other.
 *
 * @throws {CancelledError} If `signal` aborts first; everything that was opened is closed.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument is missing or invalid or contradicts another, or an option is
 * unknown.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`: `ENOTFOUND` for an unknown name, `ECONNREFUSED` for a port
 * without a listener; an `AggregateError` of such errors if several addresses failed.
 *
 * @example Ask a server for one line
 * ```ts
 * import { openConnection, startServer } from "@aio/streams";
 *
 * await using server = await startServer(async (_reader, writer) => {
 *   writer.write("ready\n");
 * }, "127.0.0.1", 0);
 * const { port } = server.addresses[0]!;
 *
 * const [reader, writer] = await openConnection("127.0.0.1", port);
 * console.log(String(await reader.readline())); // ready
 * writer.close();
 * await writer.waitClosed();
 * ```
 *
 * @see asyncio.open_connection
 */
export function openConnection(
  host: string,
  port: number,
  options?: ConnectOptions,
): Promise<Connection>;
/**
 * Adopt an existing socket or other Duplex: the result is a reader and a writer over it.
 *
 * If the socket is still connecting, or in its TLS handshake, the call waits for it.
 *
 * @throws {CancelledError} If `signal` aborts first; the socket is destroyed, unless `signal` had
 * aborted before the call.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an option is invalid or unknown or contradicts another, or the socket is
 * destroyed, is not connected, has ended its output, has an encoding, or has been adopted already.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`, if the socket does not connect, or its handshake fails.
 *
 * @example Read from a socket that net.connect() opened
 * ```ts
 * import * as net from "node:net";
 * import { openConnection, startServer } from "@aio/streams";
 *
 * await using server = await startServer(async (_reader, writer) => {
 *   writer.write("ready\n");
 * }, "127.0.0.1", 0);
 * const { port } = server.addresses[0]!;
 *
 * const socket = net.connect(port, "127.0.0.1");
 * await using connection = await openConnection({ socket });
 * console.log(String(await connection.reader.readline())); // ready
 * ```
 *
 * @see asyncio.open_connection
 */
export function openConnection(options: AdoptOptions): Promise<Connection>;
export function openConnection(
  host: string | AdoptOptions,
  port?: number,
  options?: ConnectOptions,
): Promise<Connection> {
  if (typeof host !== "object" || host === null) return connectTcp(host, port, options);
  if (port === undefined && options === undefined) return adoptSocket(host);
  const message = "Cannot connect: give a host and port or a socket, not both";
  return Promise.reject(invalidArgumentValue(message));
}
