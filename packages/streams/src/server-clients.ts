import { isCancelled } from "@aio/errors";
import type * as net from "node:net";
import type { Duplex } from "node:stream";

import { type Address, formatAddress, tcpAddress } from "./address.ts";
import { connectionOver } from "./connection.ts";
import type { ClientConnected, ServerErrorInfo } from "./options.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";
import { secureContextOf } from "./tls-handshake.ts";
import type { HandshakeOwner, TlsAcceptor } from "./tls-server.ts";

/** What a server has been told about its clients. */
export interface ClientSettings {
  readonly limit: number | undefined;
  readonly highWaterMark: number | undefined;
  readonly tls: TlsAcceptor | undefined;
  readonly tlsShutdownTimeout: number;
  readonly onError: (error: unknown, info: ServerErrorInfo) => unknown;
}

interface Client {
  close(): void;
  abort(): void;
}

/**
 * The clients of a server: each one from the moment it is accepted, its TLS handshake included, to
 * the loss of its connection.
 */
export class ServerClients {
  readonly #clientConnected: ClientConnected;
  readonly #settings: ClientSettings;
  // The socket is the accepted one, below any TLS: it is there first and is closed last.
  readonly #clients = new Map<net.Socket, Client>();
  readonly #forget: (this: net.Socket) => void;
  /** Called when the last client has gone. */
  onEmpty: () => void = ignore;

  constructor(clientConnected: ClientConnected, settings: ClientSettings) {
    this.#clientConnected = clientConnected;
    this.#settings = settings;
    const clients = this.#clients;
    // One function for all sockets, as a closure for each would cost each some memory.
    const forgotten = (): void => this.onEmpty();
    this.#forget = function (this: net.Socket): void {
      clients.delete(this);
      if (clients.size === 0) forgotten();
    };
  }

  get size(): number {
    return this.#clients.size;
  }

  /** @param sockname - Where the client connected to, if it is not for the socket to say. */
  accept(socket: net.Socket, sockname?: Address): void {
    socket.on("close", this.#forget);
    const { tls } = this.#settings;
    if (tls === undefined) {
      this.serve(socket, socket, sockname);
      return;
    }
    const handshake = new ClientHandshake(this, socket, sockname);
    this.#clients.set(socket, handshake);
    tls.secure(socket, handshake);
  }

  /** @param stream - What to speak over: the accepted socket itself, or the TLS above it. */
  serve(socket: net.Socket, stream: Duplex, sockname: Address | undefined): void {
    const { limit, highWaterMark, tlsShutdownTimeout } = this.#settings;
    const unix = sockname?.path === undefined ? undefined : { sockname, peername: { path: "" } };
    const { reader, writer } = connectionOver(stream, {
      limit,
      highWaterMark,
      tlsShutdownTimeout,
      sslcontext: secureContextOf(stream),
      side: "server",
      ...unix,
    });
    if (!socket.closed) this.#clients.set(socket, writer);
    void this.#handle(reader, writer);
  }

  closeAll(): void {
    for (const client of this.#clients.values()) client.close();
  }

  abortAll(): void {
    for (const client of this.#clients.values()) client.abort();
  }

  /** Tell `onError`, whose own failure must not stop the server either. */
  async report(error: unknown, info: ServerErrorInfo): Promise<void> {
    try {
      await this.#settings.onError(error, info);
    } catch (failure) {
      console.error("Unhandled error in onError:", failure);
    }
  }

  async #handle(reader: StreamReader, writer: StreamWriter): Promise<void> {
    try {
      const outcome = this.#clientConnected(reader, writer);
      if (!isThenable(outcome)) return;
      await outcome;
    } catch (error) {
      if (!isCancelled(error)) {
        const peername = writer.getExtraInfo("peername");
        void this.report(error, { kind: "handler", writer, peername });
      }
    }
    writer.close();
  }
}

/** What happens to errors for which nobody gave an `onError`. */
export function printError(error: unknown, { kind, peername }: ServerErrorInfo): void {
  if (kind === "tls") return;
  const peer = peername === undefined ? "" : ` of the client at ${formatAddress(peername)}`;
  const what = kind === "handler" ? `the handler${peer}` : "accepting a client";
  console.error(`Unhandled error in ${what}:`, error);
}

class ClientHandshake implements Client, HandshakeOwner {
  readonly #clients: ServerClients;
  readonly #socket: net.Socket;
  readonly #sockname: Address | undefined;
  // Asked for now: when the handshake has failed the socket knows it no more.
  readonly #peername: Address | undefined;
  #isAborted = false;

  constructor(clients: ServerClients, socket: net.Socket, sockname: Address | undefined) {
    this.#clients = clients;
    this.#socket = socket;
    this.#sockname = sockname;
    this.#peername = tcpAddress(socket.remoteAddress, socket.remotePort, socket.remoteFamily);
  }

  close(): void {
    this.abort();
  }

  abort(): void {
    this.#isAborted = true;
    this.#socket.destroy();
  }

  onSecure(stream: Duplex): void {
    this.#clients.serve(this.#socket, stream, this.#sockname);
  }

  onHandshakeFailed(error: Error): void {
    if (this.#isAborted) return;
    void this.#clients.report(error, { kind: "tls", peername: this.#peername });
  }
}

function isThenable(value: unknown): value is PromiseLike<void> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

function ignore(): void {}
