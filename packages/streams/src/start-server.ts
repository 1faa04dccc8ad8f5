import { isIP } from "node:net";
import { invalidArgumentType, invalidArgumentValue } from "@aio/errors";
import { throwIfAborted } from "./abort.ts";
import { resolveHost } from "./connect/resolve-host.ts";
import type { ClientConnected, InheritedServerOptions, ServerOptions } from "./options.ts";
import type { ServerClients } from "./serve/clients.ts";
import { type BoundAddress, type Endpoint, Listener } from "./serve/listener.ts";
import {
  type ServerSettings,
  checkedHosts,
  inheritedSettings,
  serverSettings,
} from "./serve/settings.ts";
import { type Server, serverOver, startActivity } from "./server.ts";
import { checkedPort } from "./shared-settings.ts";
import { type TcpAddress, tcpAddress } from "./transport/address.ts";

/**
 * Serve on an inherited TCP socket that is already listening, such as one from systemd.
 *
 * @throws {CancelledError} If `signal` aborts first; the server does not start. `fd` is closed, unless
 * `signal` had aborted before the call. If it aborts later, it closes the server and its clients.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument is missing or invalid, an option is unknown, or `fd` is a Unix
 * socket.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`, if `fd` is not a socket that can listen.
 *
 * @example Serve on the socket that systemd hands down
 * ```ts
 * import { startServer } from "@aio/streams";
 *
 * const handler = () => {};
 * const isActivated = process.env["LISTEN_FDS"] === "1";
 * await using server = isActivated
 *   ? await startServer(handler, { fd: 3 })
 *   : await startServer(handler, "127.0.0.1", 0); // without systemd
 * console.log(server.isServing()); // true
 * ```
 *
 * @see asyncio.start_server
 */
export function startServer(
  clientConnected: ClientConnected,
  options: InheritedServerOptions,
): Promise<Server<TcpAddress>>;
/**
 * Listen on a TCP port, and call `clientConnected` with the streams of each client.
 *
 * A client never stops the server: an error in its handler goes to `onError`, and its connection is
 * closed. The connection is also closed when an async handler fulfills. If the handler is a plain
 * function, the connection stays open when it returns.
 *
 * @param host - A name or an address, or several: each address of each name gets its own socket. `null`
 * and `""` mean all interfaces, IPv6 and IPv4 on one port.
 * @param port - With 0 the system chooses a free port for each address.
 * @throws {CancelledError} If `signal` aborts first; nothing listens. If it aborts later, it closes the
 * server and its clients.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument is missing or invalid or contradicts another, or an option is
 * unknown.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`, if an address cannot be bound. An address that this machine
 * does not have is skipped if there is another.
 *
 * @example Send each line back
 * ```ts
 * import { openConnection, startServer } from "@aio/streams";
 *
 * await using server = await startServer(async (reader, writer) => {
 *   for await (const line of reader) {
 *     writer.write(line);
 *     await writer.drain();
 *   }
 * }, "127.0.0.1", 0);
 *
 * const { address, port } = server.addresses[0]!;
 * await using connection = await openConnection(address, port);
 * connection.writer.write("hello\n");
 * console.log(String(await connection.reader.readline())); // hello
 * ```
 *
 * @see asyncio.start_server
 */
export function startServer(
  clientConnected: ClientConnected,
  host: string | readonly string[] | null,
  port: number,
  options?: ServerOptions,
): Promise<Server<TcpAddress>>;
export async function startServer(
  clientConnected: ClientConnected,
  host: string | readonly string[] | null | InheritedServerOptions,
  port?: number,
  options?: ServerOptions,
): Promise<Server<TcpAddress>> {
  if (isInherited(host)) {
    if (port !== undefined || options !== undefined) {
      throw invalidArgumentValue(
        "Cannot listen: give the options in the same object as fd, without a port",
      );
    }
    const { fd, ...settings } = inheritedSettings(clientConnected, host);
    return serverOver(settings, async (clients, listeners) => {
      listeners.push(await Listener.open({ fd }, settings, clients, tcpBinding));
    });
  }
  const hosts = checkedHosts(host);
  const checked = checkedPort("port", port);
  const {
    ipv6Only = hosts.length > 0,
    reusePort,
    ...settings
  } = serverSettings(clientConnected, options);
  const shared = { port: checked, ipv6Only, ...(reusePort && { reusePort }) };
  return serverOver(settings, async (clients, listeners) => {
    if (hosts.length === 0) listeners.push(await listenEverywhere(shared, settings, clients));
    else await listenOnEach(hosts, shared, settings, clients, listeners);
  });
}

function isInherited(host: unknown): host is InheritedServerOptions {
  return typeof host === "object" && host !== null && !Array.isArray(host);
}

async function listenOnEach(
  hosts: readonly string[],
  shared: Endpoint,
  settings: ServerSettings,
  clients: ServerClients,
  listeners: Listener<TcpAddress>[],
): Promise<void> {
  const { signal } = settings;
  const found = await Promise.all(hosts.map((host) => resolveHost(host, 0, undefined, signal)));
  const addresses = [...new Set(found.flat().map(({ address }) => address))];
  const missing: Error[] = [];
  for (const host of addresses) {
    try {
      // Sequentially, so that the server's addresses are in the order of the hosts.
      listeners.push(await Listener.open({ ...shared, host }, settings, clients, tcpBinding));
    } catch (error) {
      if (!isMissing(error)) throw error;
      missing.push(error as Error);
    }
    throwIfAborted(signal, startActivity);
  }
  if (listeners.length > 0) return;
  if (missing.length === 1) throw missing[0];
  const message = `Cannot bind: this machine has none of ${addresses.join(", ")}`;
  throw Object.assign(new AggregateError(missing, message), { code: "EADDRNOTAVAIL" });
}

async function listenEverywhere(
  shared: Endpoint,
  settings: ServerSettings,
  clients: ServerClients,
): Promise<Listener<TcpAddress>> {
  try {
    return await Listener.open({ ...shared, host: "::" }, settings, clients, tcpBinding);
  } catch (error) {
    if (shared.ipv6Only || !isMissing(error)) throw error;
    return Listener.open({ ...shared, host: "0.0.0.0" }, settings, clients, tcpBinding);
  }
}

function tcpBinding(bound: BoundAddress): { address: TcpAddress } {
  if (typeof bound !== "object" || bound === null) {
    throw invalidArgumentType("fd", "a TCP socket (startUnixServer() takes a Unix socket)", bound);
  }
  const { address, port } = bound;
  return {
    address: tcpAddress(address, port, isIP(address) === 6 ? "IPv6" : "IPv4") as TcpAddress,
  };
}

// Whether this machine lacks the address. EAFNOSUPPORT comes from a kernel without IPv6.
function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}
