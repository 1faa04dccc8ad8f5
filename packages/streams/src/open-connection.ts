import * as net from "node:net";
import type { Duplex } from "node:stream";
import { invalidArgumentType, invalidArgumentValue } from "@aio/errors";
import { throwIfAborted } from "./abort.ts";
import { raceAddresses } from "./connect/address-race.ts";
import { type Connection, connectionOver } from "./connect/connection.ts";
import { type HostAddress, interleaveFamilies, resolveHost } from "./connect/resolve-host.ts";
import { adoptSettings, tcpSettings } from "./connect/settings.ts";
import type { AdoptOptions, ConnectOptions } from "./options.ts";
import { isTlsSocket, untilSecure } from "./tls/peer.ts";
import { isOwned } from "./transport/socket-events.ts";

/**
 * Connect to a TCP port: the result is a reader and a writer over the connection.
 *
 * A host can have several addresses. They are tried in turn, alternating between IPv6 and IPv4. Each
 * gets a head start of `happyEyeballsDelay` over the next, earlier attempts continue while later ones
 * start, and the first to connect wins (RFC 8305).
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
 * destroyed, is not connected, has ended its output, has an encoding, or belongs to another connection.
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
  if (typeof host !== "object" || host === null) return connectTo(host, port, options);
  if (port === undefined && options === undefined) return adopt(host);
  const message = "Cannot connect: give a host and port or a socket, not both";
  return Promise.reject(invalidArgumentValue(message));
}

async function connectTo(
  host: string,
  port: number | undefined,
  options: ConnectOptions | undefined,
): Promise<Connection> {
  const settings = tcpSettings(host, port, options);
  const { family, lookup, happyEyeballsDelay, dial, signal } = settings;
  throwIfAborted(signal, "waiting for the connection");
  const found = await resolveHost(host, family, lookup, signal);
  const { localAddress } = dial;
  const addresses = localAddress === undefined ? found : reachableFrom(localAddress, found);
  const order = happyEyeballsDelay === null ? addresses : interleaveFamilies(addresses);
  const connect = (each: HostAddress): net.Socket =>
    net.connect({ ...dial, host: each.address, family: each.family });
  const socket = await raceAddresses(order, connect, happyEyeballsDelay, signal);
  return connectionOver(socket, settings);
}

function reachableFrom(localAddress: string, addresses: readonly HostAddress[]): HostAddress[] {
  const family = net.isIP(localAddress);
  const reachable = addresses.filter((each) => each.family === family);
  if (reachable.length > 0) return reachable;
  throw invalidArgumentType("localAddress", "an address of the host's family", localAddress);
}

async function adopt(options: AdoptOptions): Promise<Connection> {
  const { adjust, socket, ...settings } = adoptSettings(options);
  checkAdoptable(socket);
  throwIfAborted(settings.signal, "waiting for the connection");
  if (socket instanceof net.Socket) adjust(socket);
  if (isTlsSocket(socket)) await untilSecure(socket, settings.signal);
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
  if (isOwned(socket)) return "belongs to another connection";
  if (socket instanceof net.Socket && socket.pending && !socket.connecting) {
    return "is not connected";
  }
  // A socket with an encoding yields text instead of bytes, and crashes the process under TLS
  // (https://github.com/nodejs/node/issues/58756).
  return socket.readableEncoding === null ? undefined : "decodes what it reads (setEncoding)";
}
