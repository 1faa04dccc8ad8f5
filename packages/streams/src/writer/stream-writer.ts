import type { WaitOptions } from "@aio/errors";
import type * as net from "node:net";
import type { Duplex, Writable } from "node:stream";
import type { WritableStream } from "node:stream/web";

import type { ClientTls } from "../tls/client.ts";
import type { TlsInfo } from "../tls/peer.ts";
import type { ServerTls } from "../tls/server.ts";
import type { StartTlsOptions } from "../tls/start-tls.ts";
import type { Address } from "../transport/address.ts";
import { SocketWriter } from "./socket-writer.ts";

/** What can be written: bytes in any view, or text, which is sent as UTF-8. */
export type Data = string | ArrayBufferView;

/**
 * What a writer writes to. A `net.Socket` also has methods that other streams lack.
 *
 * @example Let the program end although a connection is open
 * ```ts
 * import { openConnection, startServer } from "@aio/streams";
 *
 * await using server = await startServer(() => {}, "127.0.0.1", 0);
 * await using connection = await openConnection("127.0.0.1", server.addresses[0]!.port);
 * const { socket } = connection.writer;
 * socket.unref?.();
 * socket.setKeepAlive?.(true, 30_000);
 * ```
 */
export type StreamSocket = Duplex &
  Partial<Pick<net.Socket, "ref" | "setKeepAlive" | "setNoDelay" | "unref">>;

/**
 * The writing end of a stream of bytes.
 *
 * Writing never waits and never fails for a peer that is gone: chunks of up to 4 KiB are copied and
 * sent together at the end of the turn of the event loop, larger ones are sent at once and must not be changed until
 * then. {@link StreamWriter.drain} is where a writer that is faster than its peer waits, and where
 * the loss of the connection shows.
 *
 * @example Send more than the peer takes at a time
 * ```ts
 * import { openConnection, startServer } from "@aio/streams";
 *
 * let received = 0;
 * await using server = await startServer(async (reader) => {
 *   received = (await reader.read()).length;
 * }, "127.0.0.1", 0);
 * const { port = 0 } = server.addresses[0] ?? {};
 *
 * const { reader, writer } = await openConnection("127.0.0.1", port);
 * for (let part = 0; part < 100; part++) {
 *   writer.write(Buffer.alloc(10_000));
 *   await writer.drain();
 * }
 * writer.writeEof();
 * await reader.read();
 * console.log(received); // 1000000
 * ```
 *
 * @see asyncio.StreamWriter
 */
export interface StreamWriter extends AsyncDisposable {
  /**
   * Send bytes, some time soon and in order. What is written once the writer is closing, or the
   * connection lost, is dropped.
   *
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   * @throws {TypeError} If `data` is neither text nor a view of bytes.
   */
  write(data: Data): void;

  /**
   * Send several chunks in one go, in order.
   *
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   * @throws {TypeError} If one of the chunks is neither text nor a view of bytes.
   */
  writelines(chunks: Iterable<Data>): void;

  /** Send now what was written, instead of at the end of the turn of the event loop. */
  flush(): void;

  /**
   * Wait until there is room for more. It does not wait if there is.
   *
   * It always ends: when the peer has taken enough, or the connection is lost.
   *
   * @throws {CancelledError} If signal aborts first; what was written is still sent.
   * @throws {Error} If the connection is lost with an error: that error. If it is lost already,
   * without one: an Error whose code is `ECONNRESET`.
   */
  drain(options?: WaitOptions): Promise<void>;

  /** Whether {@link StreamWriter.drain} would wait. */
  readonly needsDrain: boolean;

  /**
   * Send what was written, and then the end of the output. Reading goes on. Doing it twice, or on a
   * writer that is closing, does nothing more.
   */
  writeEof(): void;

  /**
   * Whether the end of the output can be sent alone: always.
   *
   * @remarks Unlike asyncio, where TLS cannot.
   */
  canWriteEof(): boolean;

  /**
   * Close the connection as soon as all that was written is sent. Reading stops at once: the reader
   * still has what had come.
   */
  close(): void;

  /**
   * Close the connection now, and forget what was written and not sent yet.
   *
   * @see asyncio.WriteTransport.abort
   */
  abort(): void;

  /** Whether the writer was closed or the connection is lost. */
  isClosing(): boolean;

  /**
   * Wait until the connection is closed, by whichever side.
   *
   * @throws {CancelledError} If signal aborts first; the connection is left as it is.
   * @throws {Error} If the connection was lost with an error: that error, each time.
   */
  waitClosed(options?: WaitOptions): Promise<void>;

  /**
   * Something about the connection, by name.
   *
   * @param fallback - The answer where there is no such thing, and `undefined` by default.
   *
   * @example Where the peer is
   * ```ts
   * import { openConnection, startServer } from "@aio/streams";
   *
   * await using server = await startServer(() => {}, "127.0.0.1", 0);
   * const { port = 0 } = server.addresses[0] ?? {};
   * const [, writer] = await openConnection("127.0.0.1", port);
   * console.log(writer.getExtraInfo("peername")?.address); // 127.0.0.1
   * writer.close();
   * ```
   */
  getExtraInfo<Name extends string, Fallback = undefined>(
    name: Name,
    fallback?: Fallback,
  ): (Name extends keyof ExtraInfo ? ExtraInfo[Name] : never) | Fallback;

  /**
   * Go on below TLS. The reader and the writer stay the same; nothing may be written meanwhile.
   *
   * @param settings - As the option `tls` of openConnection(), or of startServer() on its side.
   * @throws {CancelledError} If signal aborts first; once the handshake has begun the connection is
   * closed then, as it is when the handshake fails.
   * @throws {RuntimeError} If the connection is closing, or the server has sent something already.
   */
  startTls(settings: ClientTls | ServerTls, options?: StartTlsOptions): Promise<void>;

  /**
   * What is written to: over TLS the TLSSocket. Its events and its data belong to the streams; what it
   * has to say about keep-alive and about keeping the program running is the caller's.
   */
  readonly socket: StreamSocket;

  /** This end as a Node stream: ending it ends the output, an error in it aborts the connection. */
  toWritable(): Writable;

  /** This end as a web stream: closing it ends the output, aborting it aborts the connection. */
  toWeb(): WritableStream<Data>;

  /**
   * Close, and wait until all is sent and the connection closed, for 30 seconds at most: then abort.
   * It does not tell how the connection was lost: {@link StreamWriter.waitClosed} does.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * What {@link StreamWriter.getExtraInfo} knows, by name.
 *
 * @see asyncio.BaseTransport.get_extra_info
 */
export interface ExtraInfo extends TlsInfo {
  /** Where the peer is. It stays known when the connection is lost. */
  readonly peername: Address;
  /** Where this end is. It stays known when the connection is lost. */
  readonly sockname: Address;
  /** The same as {@link StreamWriter.socket}. */
  readonly socket: StreamSocket;
}

/** Makes writers that are not those of a connection. */
export interface StreamWriterConstructor {
  readonly prototype: StreamWriter;
  /**
   * A writer over a Node stream or a web stream, which it owns from now on.
   *
   * @param options - `highWaterMark` is as for a connection.
   */
  from(
    target: Writable | WritableStream,
    options?: { readonly highWaterMark?: number | undefined },
  ): StreamWriter;
}

export const StreamWriter: StreamWriterConstructor = SocketWriter;
