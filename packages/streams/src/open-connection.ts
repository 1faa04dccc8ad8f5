import { invalidArgumentType, outOfRange, signalOf } from "@aio/errors";
import * as net from "node:net";

import { type Dial, raceAddresses } from "./connect/address-race.ts";
import { adoptSocket } from "./adopt-socket.ts";
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkIp,
  checkOptions,
  checkPort,
  checkString,
  keepAliveOptions,
} from "./check-options.ts";
import { clientSettings, secured, streamsOver } from "./connect/settings.ts";
import type { Connection } from "./connection.ts";
import type { AdoptOptions, ConnectOptions } from "./options.ts";
import { abortable, throwIfAborted } from "./pending.ts";
import { type HostAddress, interleaveFamilies, resolveHost } from "./connect/resolve-host.ts";

const defaultDelay = 250;

/**
 * Connect to a TCP port, or lay streams over a socket that is connected already.
 *
 * A host can have several addresses. They are tried in turn, alternating between IPv6 and IPv4: each
 * gets a head start of `happyEyeballsDelay`, none is given up while the others are tried, and the
 * first that answers wins (RFC 8305).
 *
 * @throws {CancelledError} If `signal` aborts first; whatever was opened is closed then.
 * @throws {TypeError} If an argument is missing, of the wrong kind or contradicts another.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`: `ENOTFOUND` for a name that nobody knows, `ECONNREFUSED`
 * where nobody listens; an `AggregateError` of them if several addresses failed.
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
export function openConnection(options: AdoptOptions): Promise<Connection>;
export function openConnection(
  host: string | AdoptOptions,
  port?: number,
  options?: ConnectOptions,
): Promise<Connection> {
  if (typeof host !== "object" || host === null) return connectTo(host, port, options);
  if (port === undefined && options === undefined) return adoptSocket(host);
  return Promise.reject(contradiction());
}

async function connectTo(
  host: string,
  port: number | undefined,
  options: ConnectOptions | undefined,
): Promise<Connection> {
  checkString("host", host);
  if (host === "") throw invalidArgumentType("host", "a name or an address", host);
  checkPort("port", port);
  const signal = signalOf({ signal: options?.signal });
  const given = checkOptions(options);
  if ("socket" in given && given.socket !== undefined) throw contradiction();
  const settings = clientSettings(given, host);
  const { family = 0, localAddress, lookup, happyEyeballsDelay = defaultDelay } = given;
  if (family !== 0 && family !== 4 && family !== 6) throw outOfRange("family", "0, 4 or 6", family);
  checkFunction("lookup", lookup);
  if (happyEyeballsDelay !== null) checkDelay(happyEyeballsDelay);
  const dial = dialling(port, given);
  throwIfAborted(signal);

  const found = await abortable(resolveHost(host, family, lookup), signal);
  const addresses = localAddress === undefined ? found : reachableFrom(localAddress, found);
  const order = happyEyeballsDelay === null ? addresses : interleaveFamilies(addresses);
  throwIfAborted(signal);
  const socket = await raceAddresses(order, dial, happyEyeballsDelay, signal);
  return streamsOver(await secured(socket, settings, signal), settings, signal);
}

function dialling(port: number, options: ConnectOptions): Dial {
  const { localAddress, localPort, noDelay = true } = options;
  checkIp("localAddress", localAddress);
  if (localPort !== undefined) checkPort("localPort", localPort);
  checkBoolean("noDelay", noDelay);
  const common = {
    port,
    noDelay,
    allowHalfOpen: true,
    autoSelectFamily: false,
    ...keepAliveOptions(options.keepAlive),
    ...(localAddress !== undefined && { localAddress }),
    ...(localPort !== undefined && { localPort }),
  };
  return ({ address, family }) => net.connect({ ...common, host: address, family });
}

function contradiction(): TypeError {
  return new TypeError("Cannot connect: there is a host and port as well as a socket");
}

function checkDelay(delay: unknown): void {
  checkInteger("happyEyeballsDelay", delay, 0, 2 ** 31 - 1);
}

function reachableFrom(localAddress: string, addresses: readonly HostAddress[]): HostAddress[] {
  const family = net.isIP(localAddress);
  const reachable = addresses.filter((each) => each.family === family);
  if (reachable.length > 0) return reachable;
  throw invalidArgumentType("localAddress", "an address of the host's family", localAddress);
}
