import type * as net from "node:net";
import type { Duplex } from "node:stream";
import type { WaitOptions } from "@aio/errors";
import type { StreamReader } from "./stream-reader-from.ts";
import type { ClientTls } from "./tls/client.ts";
import type { TlsTimeouts } from "./tls/handshake.ts";
import type { ServerTls } from "./tls/server.ts";
import type { Address } from "./transport/address.ts";
import type { StreamWriter } from "./writer/stream-writer.ts";

/** How much a stream buffers. */
export interface StreamOptions {
  /**
   * The longest line that the reader accepts, in bytes. Backpressure stops the peer while more than
   * twice as much is buffered.
   *
   * @defaultValue 65536
   */
  readonly limit?: number | undefined;
  /**
   * The high-water mark: how many bytes can be unsent before {@link StreamWriter.drain} waits.
   *
   * @defaultValue 65536
   */
  readonly highWaterMark?: number | undefined;
}

/** Socket options of a TCP connection. */
export interface TcpOptions {
  /**
   * Probe an idle connection. A number is the idle time before the first probe, in milliseconds.
   *
   * @defaultValue false
   */
  readonly keepAlive?: boolean | number | undefined;
  /**
   * Send small packets at once (TCP_NODELAY).
   *
   * @defaultValue true
   */
  readonly noDelay?: boolean | undefined;
}

/** TLS options of a client. */
export interface TlsOptions extends TlsTimeouts {
  /**
   * Speak TLS with these settings.
   *
   * @defaultValue false
   */
  readonly tls?: ClientTls | undefined;
  /**
   * The name that the server's certificate must be for, also if a `servername` in `tls` sends another as
   * SNI. With `""`, only the certificate is checked, not its name; a `checkServerIdentity` in `tls` is
   * called either way.
   *
   * @defaultValue the `servername` in `tls`, or the host
   */
  readonly serverHostname?: string | undefined;
}

/** Options of {@link openUnixConnection}. */
export interface UnixConnectOptions extends StreamOptions, TlsOptions, WaitOptions {}

/** Options of {@link openConnection}. */
export interface ConnectOptions extends UnixConnectOptions, TcpOptions {
  /**
   * Connect to addresses of this family only; 0 means both.
   *
   * @defaultValue 0
   */
  readonly family?: 0 | 4 | 6 | undefined;
  /**
   * The IP address to connect from. Only the host's addresses of the same family are tried.
   *
   * @defaultValue the system's choice
   */
  readonly localAddress?: string | undefined;
  /**
   * The port to connect from.
   *
   * @defaultValue the system's choice
   */
  readonly localPort?: number | undefined;
  /**
   * Finds the addresses of the host.
   *
   * @defaultValue dns.lookup
   */
  readonly lookup?: net.LookupFunction | undefined;
  /**
   * The head start of each address over the next, in milliseconds. With `null` each address is tried
   * only when the one before it has failed.
   *
   * @defaultValue 250
   */
  readonly happyEyeballsDelay?: number | null | undefined;
}

/** Options of {@link openConnection} for an existing connection. */
export interface AdoptOptions extends StreamOptions, TcpOptions, TlsTimeouts, WaitOptions {
  /**
   * The connected socket, or any other Duplex. The streams own it from then on. `keepAlive` and
   * `noDelay` work with a `net.Socket` only.
   */
  readonly socket: net.Socket | Duplex;
  /**
   * Whether this is the server side of the connection, as for a socket that a server accepted. It
   * decides the side of TLS, here and in {@link StreamWriter.startTls}.
   *
   * @defaultValue false
   */
  readonly serverSide?: boolean | undefined;
  /**
   * Speak TLS with these settings: a client's, or a server's with `serverSide`.
   *
   * @defaultValue false
   */
  readonly tls?: ClientTls | ServerTls | undefined;
  /**
   * The name that the server's certificate must be for. With `""`, only the certificate is checked, not
   * its name. A client that speaks TLS needs this, or a `servername` in `tls`, since there is no host.
   *
   * @defaultValue the `servername` in `tls`
   */
  readonly serverHostname?: string | undefined;
}

/**
 * Called with the streams of each new client.
 *
 * When the promise of an async function settles, the connection is closed. When a plain function
 * returns, it stays open.
 */
export type ClientConnected = (
  reader: StreamReader,
  writer: StreamWriter,
) => void | PromiseLike<void>;

/** The context of an error on a server. */
export interface ServerErrorInfo {
  /**
   * `"handler"`: the client handler threw, and its connection is being closed. `"tls"`: a TLS handshake
   * failed. `"accept"`: the system did not accept a connection.
   */
  readonly kind: "handler" | "tls" | "accept";
  /** The client's writer, if the error is its handler's. */
  readonly writer?: StreamWriter | undefined;
  /** The client's address, where it is known. */
  readonly peername?: Address | undefined;
}

/** Options that both kinds of server take. */
export interface CommonServerOptions extends StreamOptions, TlsTimeouts, WaitOptions {
  /**
   * Speak TLS with these settings. {@link Server.setSecureContext} can replace the certificate later.
   *
   * @defaultValue undefined
   */
  readonly tls?: ServerTls | undefined;
  /**
   * How many connections the system queues until they are accepted.
   *
   * @defaultValue 100
   */
  readonly backlog?: number | undefined;
  /**
   * Whether clients can connect from the start, or only after {@link Server.startServing}. `false`
   * needs Node 24.21 or 26.
   *
   * @defaultValue true
   */
  readonly startServing?: boolean | undefined;
  /**
   * Called with an error that concerns one client; the server keeps running.
   *
   * @defaultValue prints errors, except those of TLS handshakes, which any port scanner causes
   */
  readonly onError?: ((error: unknown, info: ServerErrorInfo) => void) | undefined;
  /**
   * Closes the server and its clients when it aborts, at any time.
   *
   * @defaultValue undefined
   */
  readonly signal?: AbortSignal | null | undefined;
}

/** Options of {@link startServer}. `keepAlive` and `noDelay` apply to the clients' connections. */
export interface ServerOptions extends CommonServerOptions, TcpOptions {
  /**
   * Let several sockets listen on one port; the system distributes the clients. Needs Node 22.12.
   *
   * @defaultValue false
   */
  readonly reusePort?: boolean | undefined;
  /**
   * Whether an IPv6 socket does not accept IPv4 clients.
   *
   * @defaultValue false for all interfaces, true for named addresses
   */
  readonly ipv6Only?: boolean | undefined;
}

/** Options of {@link startUnixServer}. */
export interface UnixServerOptions extends CommonServerOptions {
  /**
   * Whether closing the server removes its socket file, if the file is still its own.
   *
   * @defaultValue true
   */
  readonly cleanupSocket?: boolean | undefined;
}

/** Options of {@link startUnixServer} for an inherited listening socket. */
export interface InheritedUnixServerOptions extends Omit<CommonServerOptions, "startServing"> {
  /** The descriptor of the listening socket. The first that systemd passes is 3. */
  readonly fd: number;
}

/**
 * Options of {@link startServer} for an inherited listening socket. `keepAlive` and `noDelay` apply to
 * the clients' connections.
 */
export interface InheritedServerOptions extends InheritedUnixServerOptions, TcpOptions {}
