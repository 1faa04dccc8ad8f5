import type * as net from "node:net";

/** One end of a TCP connection. */
export interface TcpAddress {
  /**
   * The IP address. An IPv4 peer of a server on all interfaces is `127.0.0.1`, not
   * `::ffff:127.0.0.1`.
   */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  readonly path?: undefined;
}

/** One end of a Unix socket connection. */
export interface UnixAddress {
  /** Empty for the end that has no name, as a client's; begins with a NUL if it is abstract. */
  readonly path: string;
  readonly address?: undefined;
  readonly port?: undefined;
  readonly family?: undefined;
}

/**
 * Where one end of a connection is.
 *
 * @see socket.getsockname(), of Python
 */
export type Address = TcpAddress | UnixAddress;

/** Where the ends of a connection are, as far as that is known. */
export interface Addresses {
  readonly peername?: Address | undefined;
  readonly sockname?: Address | undefined;
}

/** An address as messages show it: `127.0.0.1:80`, `[::1]:80`, `/run/app.sock`. */
export function formatAddress(address: Address): string {
  if (address.path === undefined) {
    const host = address.family === 6 ? `[${address.address}]` : address.address;
    return `${host}:${address.port}`;
  }
  if (address.path === "") return "an unnamed Unix socket";
  return address.path.replace("\0", "@");
}

/** Where a socket's own end is; `undefined` if it has no address, or is closed. It takes 1.4 µs. */
export function localAddressOf(socket: object): TcpAddress | undefined {
  const { localAddress, localPort, localFamily } = socket as Partial<net.Socket>;
  return tcpAddress(localAddress, localPort, localFamily);
}

/** The same for the peer's end. */
export function remoteAddressOf(socket: object): TcpAddress | undefined {
  const { remoteAddress, remotePort, remoteFamily } = socket as Partial<net.Socket>;
  return tcpAddress(remoteAddress, remotePort, remoteFamily);
}

/** What a server knows about the ends of its connections, without asking each socket. */
export function knownFrom(listening: Address): Addresses {
  if (listening.path !== undefined) return { sockname: listening, peername: { path: "" } };
  const { address } = listening;
  return address === "::" || address === "0.0.0.0" ? {} : { sockname: listening };
}

// An IPv6 socket that serves IPv4 too shows an IPv4 peer as IPv6. It is the same peer, and a list of
// banned addresses, say, knows it by its own address, as asyncio shows it.
const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** The address that Node's `family` and the like stand for; `undefined` once the socket is closed. */
export function tcpAddress(
  address: string | undefined,
  port: number | undefined,
  family: string | undefined,
): TcpAddress | undefined {
  if (address === undefined || port === undefined) return undefined;
  if (family !== "IPv6") return { address, port, family: 4 };
  const plain = address.replace(mapped, "");
  return { address: plain, port, family: plain === address ? 6 : 4 };
}
