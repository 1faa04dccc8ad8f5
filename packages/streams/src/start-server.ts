import { invalidArgumentType, signalOf } from "@aio/errors";
import { type AddressInfo, isIP } from "node:net";

import { type TcpAddress, tcpAddress } from "./address.ts";
import { checkBoolean, checkOptions, checkPort } from "./check-options.ts";
import { type AcceptSettings, type Endpoint, Listener, unavailable } from "./serve/listener.ts";
import type { ClientConnected, ServerOptions } from "./options.ts";
import { abortable, throwIfAborted } from "./pending.ts";
import { resolveHost } from "./connect/resolve-host.ts";
import { serverSettings } from "./serve/settings.ts";
import { Server } from "./server.ts";

/**
 * Listen on a TCP port, and call `clientConnected` with the streams of each client.
 *
 * One client never stops the server: what its handler throws goes to `onError`, and its connection is
 * closed. The promise of an async handler also closes the connection when it fulfils; a plain
 * function that returns has kept the streams elsewhere.
 *
 * @param host - A name, an address or several: each address of each name gets a socket of its own.
 * `null` and `""` are all interfaces, IPv6 and IPv4 on one port.
 * @param port - With 0 the system chooses a free one, for each address on its own.
 * @throws {CancelledError} If `signal` aborts first; nothing listens then. When it aborts later, it
 * closes the server and its clients.
 * @throws {TypeError} If an argument is missing, of the wrong kind or contradicts another.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`, if an address cannot be bound. An address that this machine
 * does not have is passed over as long as there is another one.
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
export async function startServer(
  clientConnected: ClientConnected,
  host: string | readonly string[] | null,
  port: number,
  options?: ServerOptions,
): Promise<Server<TcpAddress>> {
  const signal = signalOf({ signal: options?.signal });
  const given = checkOptions(options);
  const { reusePort = false } = given;
  const hosts = checkHosts(host);
  checkPort("port", port);
  checkBoolean("ipv6Only", given.ipv6Only);
  checkBoolean("reusePort", reusePort);
  if (reusePort && !hasReusePort()) throw unavailable("reusePort", "Node 22.12");
  const { clients, accepting } = serverSettings(clientConnected, given);
  throwIfAborted(signal);

  const listeners: Listener<TcpAddress>[] = [];
  try {
    const { ipv6Only = hosts.length > 0 } = given;
    const shared = { port, ipv6Only, ...(reusePort && { reusePort }) };
    if (hosts.length === 0) {
      listeners.push(await listenEverywhere(shared, accepting));
    } else {
      const addresses = await abortable(resolveAll(hosts), signal);
      await listenOnEach(addresses, shared, accepting, listeners, signal);
    }
    throwIfAborted(signal);
  } catch (error) {
    for (const listener of listeners) listener.close();
    clients.abortAll();
    throw error;
  }
  return new Server(listeners, clients, signal);
}

function checkHosts(host: unknown): string[] {
  if (host === null || host === "") return [];
  const hosts: unknown[] = Array.isArray(host) ? host : [host];
  if (hosts.length > 0 && hosts.every((each) => typeof each === "string" && each !== "")) {
    return hosts as string[];
  }
  throw invalidArgumentType("host", "a string, strings or null", host);
}

async function resolveAll(hosts: readonly string[]): Promise<string[]> {
  const found = await Promise.all(hosts.map((host) => resolveHost(host, 0)));
  return [...new Set(found.flat().map(({ address }) => address))];
}

async function listenOnEach(
  addresses: readonly string[],
  shared: Endpoint,
  accepting: AcceptSettings,
  listeners: Listener<TcpAddress>[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const missing: Error[] = [];
  for (const host of addresses) {
    try {
      // In turn and not at once, so that the addresses are those of the hosts, in their order.
      // oxlint-disable-next-line no-await-in-loop
      listeners.push(await Listener.open({ ...shared, host }, accepting, settle));
    } catch (error) {
      if (codeOf(error) !== "EADDRNOTAVAIL") throw error;
      missing.push(error as Error);
    }
    throwIfAborted(signal);
  }
  if (listeners.length > 0) return;
  if (missing.length === 1) throw missing[0];
  const message = `Cannot bind: this machine has none of ${addresses.join(", ")}`;
  throw Object.assign(new AggregateError(missing, message), { code: "EADDRNOTAVAIL" });
}

async function listenEverywhere(
  shared: Endpoint,
  accepting: AcceptSettings,
): Promise<Listener<TcpAddress>> {
  try {
    return await Listener.open({ ...shared, host: "::" }, accepting, settle);
  } catch (error) {
    // A kernel without IPv6 says the one, one that has it switched off the other.
    if (codeOf(error) !== "EAFNOSUPPORT" && codeOf(error) !== "EADDRNOTAVAIL") throw error;
    if (shared.ipv6Only) throw error;
    return Listener.open({ ...shared, host: "0.0.0.0" }, accepting, settle);
  }
}

function settle(bound: string | AddressInfo): { address: TcpAddress } {
  const { address, port } = bound as AddressInfo;
  return {
    address: tcpAddress(address, port, isIP(address) === 6 ? "IPv6" : "IPv4") as TcpAddress,
  };
}

function hasReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
