import type { WaitOptions } from "@aio/errors";
import type * as net from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import type { Address } from "./address.ts";
import type { StreamReader } from "./stream-reader-from.ts";
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

/** How long TLS may take. Only together with `tls`. */
export interface TlsTimeouts {
  /**
   * How long the handshake may take, in milliseconds.
   *
   * @defaultValue 60_000
   */
  readonly tlsHandshakeTimeout?: number | undefined;
  /**
   * How long a TLS connection may take to flush and to end once it is closed, in milliseconds.
   *
   * @defaultValue 30_000
   */
  readonly tlsShutdownTimeout?: number | undefined;
}

/** What a client can say about TLS: `true` for Node's defaults, or more. */
export type ClientTls = boolean | tls.SecureContext | tls.ConnectionOptions;

/** What a server has to say about TLS: its key and its certificate at least. */
export type ServerTls = tls.SecureContext | tls.TlsOptions;

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
   * its name is not.
   *
   * @defaultValue the host
   */
  readonly serverHostname?: string | undefined;
}

/** Options of {@link openUnixConnection}. */
export interface UnixConnectOptions extends StreamOptions, TlsOptions, WaitOptions {}

/** Options of {@link openConnection}. */
export interface ConnectOptions extends UnixConnectOptions {
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

/** Options of {@link openConnection} for a connection that exists already. */
export interface AdoptOptions extends UnixConnectOptions {
  /** The connected socket, or anything that behaves as one. The streams own it from now on. */
  readonly socket: net.Socket | Duplex;
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
   * `"handler"`: the client handler threw; its client has been closed. `"tls"`: the client did not
   * come through the TLS handshake. `"accept"`: the system would not accept a connection.
   */
  readonly kind: "handler" | "tls" | "accept";
  /** The client's writer, if the error is its handler's. */
  readonly writer?: StreamWriter | undefined;
  /** The client's address, where it is known. */
  readonly peername?: Address | undefined;
}

/** What the options of both kinds of server have in common. */
interface CommonServerOptions extends StreamOptions, TlsTimeouts, WaitOptions {
  /**
   * Speak TLS, with these settings.
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
   * Called with what goes wrong with one client; the server goes on. By default errors are printed,
   * except for those of TLS handshakes, which any port scanner can cause.
   */
  readonly onError?: ((error: unknown, info: ServerErrorInfo) => void) | undefined;
  /**
   * Closes the server and its clients when it aborts, at any time.
   *
   * @defaultValue undefined
   */
  readonly signal?: AbortSignal | null | undefined;
}

/** Options of {@link startServer}. */
export interface ServerOptions extends CommonServerOptions {
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
  /**
   * Let the system probe idle clients; a number is how long one is idle before the first probe, in
   * milliseconds.
   *
   * @defaultValue false
   */
  readonly keepAlive?: boolean | number | undefined;
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
