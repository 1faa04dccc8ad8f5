import type * as net from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

/**
 * What {@link StreamWriter.getExtraInfo} returns, by name. A process's standard input has only a
 * `socket`. The other names are those of `@aio/streams`, whose writer has the same type.
 *
 * @see asyncio.BaseTransport.get_extra_info
 */
export interface ExtraInfo {
  /** The peer's address: `undefined` for a pipe. */
  readonly peername: Address;
  /** This end's address: `undefined` for a pipe. */
  readonly sockname: Address;
  /** The same as {@link StreamWriter.socket}. */
  readonly socket: StreamSocket;
  /** The settings of TLS: `undefined` for a pipe. */
  readonly sslcontext: tls.SecureContext;
  /** The peer's certificate: `undefined` for a pipe. */
  readonly peercert: tls.PeerCertificate;
  /** Whether the peer's certificate is trusted: `undefined` for a pipe. */
  readonly authorized: boolean;
  /** Why the peer's certificate is not trusted: `undefined` for a pipe. */
  readonly authorizationError: string;
  /** The cipher of the connection: `undefined` for a pipe. */
  readonly cipher: tls.CipherNameAndProtocol;
  /** The TLS socket: `undefined` for a pipe. */
  readonly sslObject: tls.TLSSocket;
}

/** What a writer writes to. A `net.Socket` also has methods that other streams lack. */
export type StreamSocket = Duplex &
  Partial<Pick<net.Socket, "ref" | "setKeepAlive" | "setNoDelay" | "unref">>;

/** One end of a TCP connection, as in `@aio/streams`. */
export interface TcpAddress {
  /** The IP address. */
  readonly address: string;
  /** The port, from 0 to 65535. */
  readonly port: number;
  /** 4 for IPv4, 6 for IPv6. */
  readonly family: 4 | 6;
  /** Only a Unix socket has a path: this tells the two kinds apart. */
  readonly path?: undefined;
}

/** One end of a Unix socket connection, as in `@aio/streams`. */
export interface UnixAddress {
  /** The path. */
  readonly path: string;
  /** Only a TCP address has one. */
  readonly address?: undefined;
  /** Only a TCP address has one. */
  readonly port?: undefined;
  /** Only a TCP address has one. */
  readonly family?: undefined;
}

/** Where one end of a connection is. */
export type Address = TcpAddress | UnixAddress;
