/** One end of a TCP connection. */
export interface TcpAddress {
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

/** An address as messages show it: `127.0.0.1:80`, `[::1]:80`, `/run/app.sock`. */
export function formatAddress(address: Address): string {
  if (address.path === undefined) {
    const host = address.family === 6 ? `[${address.address}]` : address.address;
    return `${host}:${address.port}`;
  }
  if (address.path === "") return "an unnamed Unix socket";
  return address.path.replace("\0", "@");
}

/** The address that Node's `family` and the like stand for; `undefined` once the socket is closed. */
export function tcpAddress(
  address: string | undefined,
  port: number | undefined,
  family: string | undefined,
): TcpAddress | undefined {
  if (address === undefined || port === undefined) return undefined;
  return { address, port, family: family === "IPv6" ? 6 : 4 };
}
