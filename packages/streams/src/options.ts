import type { WaitOptions } from "@aio/errors";
import type * as net from "node:net";
import type { Duplex } from "node:stream";

import type { StreamReader } from "./stream-reader-from.ts";
import type { ClientTls } from "./tls/client.ts";
import type { TlsTimeouts } from "./tls/handshake.ts";
import type { ServerTls } from "./tls/server.ts";
import type { Address } from "./transport/address.ts";
import type { StreamWriter } from "./writer/stream-writer.ts";

/** How much a stream holds back. */
export interface StreamOptions {
  /**
   * The longest line that the reader accepts, in bytes, and half of what it buffers before it stops
   * the peer.
   *
   * @defaultValue 65536
   */
  readonly limit?: number | undefined;
  /**
   * How many bytes can wait to be sent before {@link StreamWriter.drain} waits.
   *
   * @defaultValue 65536
   */
  readonly highWaterMark?: number | undefined;
}

/** How the system treats a TCP connection. */
export interface TcpOptions {
  /**
   * Let the system probe an idle connection; a number is how long it is idle before the first probe,
   * in milliseconds.
   *
   * @defaultValue false
   */
  readonly keepAlive?: boolean | number | undefined;
  /**
   * Send at once what is flushed, however little it is.
   *
   * @defaultValue true
   */
  readonly noDelay?: boolean | undefined;
}

/** TLS, as a client speaks it. */
export interface TlsOptions extends TlsTimeouts {
  /**
   * Speak TLS, with these settings.
   *
   * @defaultValue false
   */
  readonly tls?: ClientTls | undefined;
  /**
   * The name that the server's certificate must be for. With `""` the certificate is still checked,
   * its name is not; a `checkServerIdentity` among the settings of `tls` is called either way.
   *
   * @defaultValue the host
   */
  readonly serverHostname?: string | undefined;
}

/** Options of {@link openUnixConnection}. */
export interface UnixConnectOptions extends StreamOptions, TlsOptions, WaitOptions {}

/** Options of {@link openConnection}. */
export interface ConnectOptions extends UnixConnectOptions, TcpOptions {
  /**
   * Connect to addresses of this family only; 0 is either.
   *
   * @defaultValue 0
   */
  readonly family?: 0 | 4 | 6 | undefined;
  /**
   * The address to connect from. Only the host's addresses of the same family are tried.
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
   * How long to wait for one address before the next is tried as well, in milliseconds. With `null`
   * each address is tried only when the one before it has failed.
   *
   * @defaultValue 250
   */
  readonly happyEyeballsDelay?: number | null | undefined;
}

/** Options of {@link openConnection} for a connection that exists already. */
export interface AdoptOptions extends StreamOptions, TcpOptions, TlsTimeouts, WaitOptions {
  /**
   * The connected socket, or any other Duplex. The streams own it from now on; `keepAlive` and
   * `noDelay` are for a `net.Socket`.
   */
  readonly socket: net.Socket | Duplex;
  /**
   * Whether this is the server side of the connection, as on a socket that a server has accepted. It
   * decides which side of TLS this is, now and in {@link StreamWriter.startTls}.
   *
   * @defaultValue false
   */
  readonly serverSide?: boolean | undefined;
  /**
   * Speak TLS, with these settings: a client's, or a server's with `serverSide`.
   *
   * @defaultValue false
   */
  readonly tls?: ClientTls | ServerTls | undefined;
  /**
   * The name that the server's certificate must be for. With `""` the certificate is still checked,
   * its name is not. A client that speaks TLS has to give it, since there is no host.
   *
   * @defaultValue undefined
   */
  readonly serverHostname?: string | undefined;
}

/**
 * Called with the streams of each new client.
 *
 * What it returns decides about the connection: it is closed when the promise of an async function
 * settles, and stays open when a plain function returns.
 */
export type ClientConnected = (
  reader: StreamReader,
  writer: StreamWriter,
) => void | PromiseLike<void>;

/** What went wrong on a server, and with whom. */
export interface ServerErrorInfo {
  /**
   * `"handler"`: the client handler threw; its client has been closed. `"tls"`: the TLS handshake
   * with a client failed. `"accept"`: the system did not accept a connection.
   */
  readonly kind: "handler" | "tls" | "accept";
  /** The client's writer, if the error is its handler's. */
  readonly writer?: StreamWriter | undefined;
  /** The client's address, where it is known. */
  readonly peername?: Address | undefined;
}

/** What the options of both kinds of server have in common. */
export interface CommonServerOptions extends StreamOptions, TlsTimeouts, WaitOptions {
  /**
   * Speak TLS, with these settings. {@link Server.setSecureContext} replaces its certificate later.
   *
   * @defaultValue undefined
   */
  readonly tls?: ServerTls | undefined;
  /**
   * How many connections the system holds until they are accepted.
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
   * Called with what goes wrong with one client; the server goes on.
   *
   * @defaultValue errors are printed, except for those of TLS handshakes, which any port scanner can
   * cause
   */
  readonly onError?: ((error: unknown, info: ServerErrorInfo) => void) | undefined;
  /**
   * Closes the server and its clients when it aborts, at any time.
   *
   * @defaultValue undefined
   */
  readonly signal?: AbortSignal | null | undefined;
}

/** Options of {@link startServer}. `keepAlive` and `noDelay` are those of its clients' connections. */
export interface ServerOptions extends CommonServerOptions, TcpOptions {
  /**
   * Let several sockets listen on one port, and the system share the clients out among them. Needs
   * Node 22.12.
   *
   * @defaultValue false
   */
  readonly reusePort?: boolean | undefined;
  /**
   * Whether an IPv6 socket leaves IPv4 alone.
   *
   * @defaultValue false for all interfaces, true for addresses that were named
   */
  readonly ipv6Only?: boolean | undefined;
}

/** Options of {@link startUnixServer}. */
export interface UnixServerOptions extends CommonServerOptions {
  /**
   * Whether closing the server removes its socket file, if it is still this server's.
   *
   * @defaultValue true
   */
  readonly cleanupSocket?: boolean | undefined;
}

/** Options of {@link startServer} and {@link startUnixServer} for a socket that listens already. */
export interface InheritedServerOptions extends Omit<CommonServerOptions, "startServing"> {
  /** The descriptor of the listening socket, such as 3, the first that systemd hands down. */
  readonly fd: number;
}
