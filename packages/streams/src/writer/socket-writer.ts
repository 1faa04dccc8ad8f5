import {
  RuntimeError,
  type WaitOptions,
  cancellationError,
  invalidArgumentType,
  signalOf,
} from "@aio/errors";
import type { Duplex, Writable } from "node:stream";
import type { WritableStream } from "node:stream/web";

import type { ClientTls } from "../tls/client.ts";
import { tlsInfoOf } from "../tls/peer.ts";
import type { ServerTls } from "../tls/server.ts";
import { type StartTlsOptions, tlsUpgrade, upgradeToTls } from "../tls/start-tls.ts";
import type { Data, ExtraInfo, StreamWriter } from "./stream-writer.ts";
import { Transport, lostError } from "../transport/transport.ts";
import { duplexOf, webStreamOf, writableOf } from "./adapters.ts";

const disposeTimeout = 30_000;
const settled: Promise<void> = Promise.resolve();

export class SocketWriter implements StreamWriter {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  static from(
    target: Writable | WritableStream,
    options?: { readonly highWaterMark?: number | undefined },
  ): StreamWriter {
    return new SocketWriter(new Transport(duplexOf(target), { ...options }));
  }

  write(data: Data): void {
    const chunk = typeof data === "string" ? data : bytesOf(data);
    const transport = this.#transport;
    if (transport.hasWrittenEof || transport.isDetached) throw refusal("write", transport);
    if (chunk.length > 0 && !transport.isClosing) transport.write(chunk);
  }

  writelines(chunks: Iterable<Data>): void {
    const { socket } = this.#transport;
    socket.cork();
    try {
      for (const chunk of chunks) this.write(chunk);
    } finally {
      socket.uncork();
    }
  }

  flush(): void {
    this.#transport.flush();
  }

  drain(options?: WaitOptions): Promise<void> {
    try {
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal);
      const transport = this.#transport;
      const error = transport.reader.exception();
      if (error !== null) throw error;
      if (transport.hasEndedInOrder) return settled;
      if (transport.isLost) throw transport.error ?? lostError();
      if (!transport.isClosing && !transport.isFull) return settled;
      return transport.waitForRoom(signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  get needsDrain(): boolean {
    return this.#transport.isFull;
  }

  writeEof(): void {
    this.#transport.writeEof();
  }

  canWriteEof(): boolean {
    return true;
  }

  close(): void {
    this.#transport.close();
  }

  abort(): void {
    this.#transport.abort();
  }

  isClosing(): boolean {
    return this.#transport.isClosing;
  }

  waitClosed(options?: WaitOptions): Promise<void> {
    try {
      const signal = signalOf(options);
      if (signal?.aborted) throw cancellationError(signal);
      const { isLost, error } = this.#transport;
      if (error !== null) throw error;
      return isLost ? settled : this.#transport.waitForLoss(signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  getExtraInfo<Name extends string, Fallback = undefined>(
    name: Name,
    fallback?: Fallback,
  ): (Name extends keyof ExtraInfo ? ExtraInfo[Name] : never) | Fallback {
    return (this.#extraInfo(name) ?? fallback) as never;
  }

  async startTls(settings: ClientTls | ServerTls, options?: StartTlsOptions): Promise<void> {
    const transport = this.#transport;
    const { side = "client", host } = transport.settings;
    const upgrade = tlsUpgrade(side, settings, options, host);
    await this.drain({ signal: upgrade.signal });
    if (transport.isClosing || transport.hasWrittenEof || transport.isDetached) {
      throw refusal("startTls", transport);
    }
    const { reader } = transport;
    const socket = transport.detach();
    const buffered = reader.readNowait(reader.bufferedLength) ?? Buffer.alloc(0);
    try {
      const secure = await upgradeToTls(socket, buffered, upgrade);
      transport.secure(secure, upgrade.tlsShutdownTimeout);
    } catch (error) {
      transport.lose(error as Error);
      throw error;
    }
  }

  get socket(): Duplex {
    return this.#transport.socket;
  }

  toWritable(): Writable {
    return writableOf(this);
  }

  toWeb(): WritableStream<Data> {
    return webStreamOf(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    const timer = setTimeout(() => this.abort(), disposeTimeout);
    try {
      await this.waitClosed();
    } catch {
      // Reads, drains and waitClosed() tell it to those who ask.
    } finally {
      clearTimeout(timer);
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

  #extraInfo(name: string): unknown {
    const { peername, sockname, socket } = this.#transport;
    switch (name) {
      case "peername":
        return peername;
      case "sockname":
        return sockname;
      case "socket":
        return socket;
      default: {
        const info = tlsInfoOf(socket);
        return Object.hasOwn(info, name) ? info[name as keyof typeof info] : undefined;
      }
    }
  }

  static {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Reflect.defineProperty(this.prototype, inspect, {
      value(this: SocketWriter): string {
        return this.#inspect();
      },
    });
    Reflect.defineProperty(this, "name", { value: "StreamWriter" });
  }
}

function refusal(call: string, { hasWrittenEof, isDetached }: Transport): RuntimeError {
  if (hasWrittenEof) return new RuntimeError(`Cannot call ${call}() after writeEof()`);
  const state = isDetached ? "a TLS handshake is under way" : "the connection is closing";
  return new RuntimeError(`Cannot call ${call}(): ${state}`);
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (!ArrayBuffer.isView(data)) throw invalidArgumentType("data", "a string or a view", data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
