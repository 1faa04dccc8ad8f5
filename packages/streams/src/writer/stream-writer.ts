import type * as net from "node:net";
import type { Duplex, Writable } from "node:stream";
import type { WritableStream } from "node:stream/web";
import {
  RuntimeError,
  type WaitOptions,
  cancellationError,
  checkedInteger,
  checkedOptions,
  invalidArgumentType,
  invalidArgumentValue,
  optionNames,
  signalOf,
} from "@aio/errors";
import { clearTimeout, inspectAs, setTimeout } from "../platform.ts";
import type { ClientTls } from "../tls/client.ts";
import type { ServerTls } from "../tls/server.ts";
import { type StartTlsOptions, tlsUpgrade, upgradeToTls } from "../tls/start-tls.ts";
import { type TlsInfo, tlsInfoOf } from "../tls/tls-info.ts";
import { type Address, localAddressOf, peerOf, remoteAddressOf } from "../transport/address.ts";
import { uncork } from "../transport/output.ts";
import { Transport, defaults } from "../transport/transport.ts";
import { outputTo, socketOf, webWritableOf, writableOf } from "./adapters.ts";

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
 * What {@link StreamWriter.getExtraInfo} returns, by name.
 *
 * @see asyncio.BaseTransport.get_extra_info
 */
export interface ExtraInfo extends TlsInfo {
  /** The peer's address, also after the connection is lost. */
  readonly peername: Address;
  /** This end's address, also after the connection is lost. */
  readonly sockname: Address;
  /** The same as {@link StreamWriter.socket}. */
  readonly socket: StreamSocket;
}

const disposeTimeout = 30_000;
const settled: Promise<void> = Promise.resolve();
const targetOptions = optionNames(["highWaterMark"]);

/**
 * The writing end of a stream of bytes.
 *
 * {@link StreamWriter.write} never waits, and never throws because the connection is lost.
 * {@link StreamWriter.drain} does both: it waits for a slow peer, and rejects after a loss.
 *
 * Chunks of up to 4 KiB are copied and sent together, by the end of the event-loop turn; their
 * memory can be reused at once. Larger ones are sent immediately, without a copy; their memory can be
 * reused when a later `drain()` has resolved.
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
export class StreamWriter implements AsyncDisposable {
  readonly #transport: Transport;

  private constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Make a writer over a Node stream, such as the response of an HTTP server, or a web stream, and own
   * that from then on. Of a Duplex, it owns only the writable side: closing the writer leaves the readable
   * side open, aborting it destroys both.
   *
   * @param options - `highWaterMark` is the same as for a connection.
   * @throws {TypeError} If `target` is neither.
   */
  static from(
    target: Writable | WritableStream,
    options?: { readonly highWaterMark?: number | undefined },
  ): StreamWriter {
    const { highWaterMark = defaults.highWaterMark } = checkedOptions(options, targetOptions);
    const settings = {
      ...defaults,
      highWaterMark: checkedInteger("highWaterMark", highWaterMark, 0),
    };
    const output = outputTo(target);
    const addresses = { peername: remoteAddressOf(target), sockname: localAddressOf(target) };
    return new StreamWriter(new Transport(output, settings, addresses));
  }

  /**
   * Send bytes soon, in order. What is written while the writer is closing, or after the connection
   * is lost, is dropped.
   *
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   * @throws {TypeError} If `data` is neither text nor a view of bytes.
   */
  write(data: Data): void {
    const chunk = typeof data === "string" ? data : bytesOf(data);
    const transport = this.#transport;
    if (transport.hasWrittenEof || transport.isUpgrading) throw refusal("write", transport);
    if (chunk.length > 0 && !transport.isClosing) transport.write(chunk);
  }

  /**
   * Send several chunks together, in order.
   *
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   * @throws {TypeError} If one of the chunks is neither text nor a view of bytes.
   */
  writelines(chunks: Iterable<Data>): void {
    const { socket } = this.#transport;
    socket.cork();
    try {
      for (const chunk of chunks) this.write(chunk);
    } finally {
      uncork(socket);
    }
  }

  /** Send what was written now, instead of at the end of the event-loop turn. */
  flush(): void {
    this.#transport.flush();
  }

  /**
   * Wait until there is room for more, and the memory of the chunks that were written can be reused.
   * It resolves at once if that is already so.
   *
   * It always settles: when the peer has received enough, or when the connection is lost.
   *
   * @throws {CancelledError} If `signal` aborts first; what was written is still sent.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {Error} If the connection is lost with an error: that error. If it was already lost
   * without one: an Error whose code is `ECONNRESET`.
   */
  drain(options?: WaitOptions): Promise<void> {
    const activity = "waiting for room to write";
    try {
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal, activity);
      const transport = this.#transport;
      const error = transport.reader.exception();
      if (error !== null) throw error;
      // Everything was sent before the connection ended.
      if (transport.hasEndedInOrder) return settled;
      if (transport.isLost) throw transport.lostError();
      if (!transport.isClosing && !transport.isFull) return settled;
      return transport.waitForRoom(signal, activity);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Whether {@link StreamWriter.drain} would wait for room. Once the writer is closing, drain() can reject
   * whatever this is.
   */
  get needsDrain(): boolean {
    return this.#transport.isFull;
  }

  /**
   * Send what was written, and then the end of the output. Reading continues. Calling it again, or
   * while the writer is closing, has no effect.
   *
   * @throws {RuntimeError} While {@link StreamWriter.startTls} is under way.
   */
  writeEof(): void {
    if (this.#transport.isUpgrading) throw refusal("writeEof", this.#transport);
    this.#transport.writeEof();
  }

  /**
   * Whether {@link StreamWriter.writeEof} works: always `true`.
   *
   * @remarks Unlike asyncio, which does not support it over TLS.
   */
  canWriteEof(): boolean {
    return true;
  }

  /**
   * Close the connection once everything that was written is sent. Reading stops at once: the reader
   * keeps what had arrived.
   *
   * The connection lingers, so that the peer receives everything: for at most 500 ms after the last
   * byte is sent, input is read and dropped until the peer ends it too.
   */
  close(): void {
    this.#transport.close();
  }

  /**
   * Close the connection now, and drop what is unsent.
   *
   * @see asyncio.WriteTransport.abort
   */
  abort(): void {
    this.#transport.abort();
  }

  /** Whether the writer was closed or the connection is lost. */
  isClosing(): boolean {
    return this.#transport.isClosing;
  }

  /**
   * Wait until the connection is closed, by either side.
   *
   * @throws {CancelledError} If `signal` aborts first; the connection is unchanged.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {Error} If the connection was lost with an error: that error, each time.
   */
  waitClosed(options?: WaitOptions): Promise<void> {
    const activity = "waiting for the end of the connection";
    try {
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal, activity);
      const { isLost, error } = this.#transport;
      if (error !== null) throw error;
      return isLost ? settled : this.#transport.waitForLoss(signal, activity);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Information about the connection, by name.
   *
   * @param fallback - Returned if there is no such information, `undefined` by default.
   *
   * @example Get the peer's address
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
  ): (Name extends keyof ExtraInfo ? ExtraInfo[Name] : never) | Fallback {
    return (this.#extraInfo(name) ?? fallback) as never;
  }

  /**
   * Upgrade the connection to TLS. The reader and the writer stay the same; nothing may be written
   * meanwhile.
   *
   * @param settings - The same as the option `tls` of openConnection(), or of startServer() on the
   * server side.
   * @throws {CancelledError} If `signal` aborts first; once the handshake has begun, this closes the
   * connection, as every failure of the handshake does.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   * @throws {RuntimeError} If the connection is closing, or the server has sent something already.
   * @throws {TypeError} If an argument is invalid, or this writer is not a connection's.
   * @throws {Error} If the handshake fails: Node's error, with its `code`. It is `ECONNRESET` after
   * {@link StreamWriter.close} or {@link StreamWriter.abort}, too.
   */
  async startTls(settings: ClientTls | ServerTls, options?: StartTlsOptions): Promise<void> {
    const transport = this.#transport;
    const { side, host } = transport.settings;
    if (side === undefined) {
      throw invalidArgumentValue("Cannot start TLS: this writer is not a connection's");
    }
    const upgrade = tlsUpgrade(side, settings, options, host);
    await this.drain({ signal: upgrade.signal });
    if (transport.isClosing || transport.hasWrittenEof || transport.isUpgrading) {
      throw refusal("startTls", transport);
    }
    const { reader } = transport;
    const socket = transport.beginUpgrade();
    const buffered = reader.readNowait(reader.bufferedLength) as Buffer;
    try {
      const secure = await upgradeToTls(socket, buffered, upgrade);
      transport.finishUpgrade(secure, upgrade.tlsShutdownTimeout);
    } catch (error) {
      transport.onLost(error as Error);
      // Not `error`: after abort() or close(), that is only a consequence of the loss.
      throw transport.lostError();
    }
  }

  /**
   * The stream that this writes to: over TLS, the TLSSocket. Leave its events and data to the reader
   * and the writer; use it for keep-alive, `unref()` and the like.
   */
  get socket(): StreamSocket {
    return socketOf(this.#transport.socket);
  }

  /**
   * This end as a Node stream. Ending it ends the output: it finishes when everything is sent. An
   * error in it aborts the connection, and an error of the connection is its error. If the connection
   * closes first, it is destroyed.
   */
  toWritable(): Writable {
    return writableOf(this, () => this.#transport.waitForFinish());
  }

  /**
   * This end as a web stream. Closing it ends the output, which resolves when everything is sent.
   * Aborting it aborts the connection, and an error of the connection is its error. If the connection
   * closes first, it fails.
   */
  toWeb(): WritableStream<Data> {
    return webWritableOf(this, () => this.#transport.waitForFinish());
  }

  /**
   * Close, and wait until everything is sent and the connection is closed, for at most 30 seconds;
   * then abort. It does not throw the error of a connection: {@link StreamWriter.waitClosed} does.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    const timer = setTimeout(() => this.abort(), disposeTimeout);
    try {
      await this.waitClosed();
    } catch {
      // Callers get the error from reads, drain() and waitClosed().
    } finally {
      clearTimeout(timer);
    }
  }

  #extraInfo(name: string): unknown {
    switch (name) {
      case "peername":
        return peerOf(this.#transport);
      case "sockname":
        return this.#transport.addresses.sockname;
      case "socket":
        return this.socket;
      default: {
        const info = tlsInfoOf(this.socket);
        return Object.hasOwn(info, name) ? info[name as keyof typeof info] : undefined;
      }
    }
  }

  #inspect(): string {
    const { pendingLength, hasWrittenEof, isClosing, isLost } = this.#transport;
    const state = [`${pendingLength} bytes to send`];
    if (hasWrittenEof) state.push("eof");
    if (isLost) state.push("closed");
    else if (isClosing) state.push("closing");
    return `StreamWriter <${state.join(", ")}>`;
  }

  static {
    writerOver = (transport) => new StreamWriter(transport);
    inspectAs(this, "StreamWriter", (writer) => writer.#inspect());
  }
}

// `var`, because the static block above assigns it before this line runs: `let` would throw.

/** The writer of a connection. The constructor is private: its parameter is not in the public types. */
export var writerOver: (transport: Transport) => StreamWriter;

function refusal(call: string, { hasWrittenEof, isUpgrading }: Transport): RuntimeError {
  if (hasWrittenEof) return new RuntimeError(`Cannot call ${call}() after writeEof()`);
  const state = isUpgrading ? "a TLS handshake is under way" : "the connection is closing";
  return new RuntimeError(`Cannot call ${call}(): ${state}`);
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (!ArrayBuffer.isView(data)) throw invalidArgumentType("data", "a string or a view", data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
