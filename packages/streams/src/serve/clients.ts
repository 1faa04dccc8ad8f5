import type * as net from "node:net";
import type { Duplex } from "node:stream";
import { isCancelled } from "@aio/errors";
import type { ClientConnected, ServerErrorInfo } from "../options.ts";
import { afterTls } from "../tls/handshake.ts";
import type { HandshakeOwner, TlsAcceptor } from "../tls/server.ts";
import {
  type Address,
  type Addresses,
  formatAddress,
  remoteAddressOf,
} from "../transport/address.ts";
import { ignore, ignoreErrors } from "../transport/socket-events.ts";
import { Transport, type TransportSettings } from "../transport/transport.ts";
import { type StreamWriter, writerOver } from "../writer/stream-writer.ts";
import { ClientList, type Listed } from "./client-list.ts";
import type { ServerSettings } from "./settings.ts";

interface Client extends Listed {
  close(): void;
  abort(): void;
}

/** A server's clients, each from its acceptance, before any TLS handshake, until it disconnects. */
export class ServerClients {
  readonly #clientConnected: ClientConnected;
  readonly #tls: TlsAcceptor | undefined;
  readonly #onError: (error: unknown, info: ServerErrorInfo) => unknown;
  readonly #settings: TransportSettings;
  readonly #clients = new ClientList<Client>();
  /** Called when the last client has disconnected. */
  onEmpty: () => void = ignore;

  constructor({ clientConnected, transport, tls, onError = printError }: ServerSettings) {
    this.#clientConnected = clientConnected;
    this.#tls = tls;
    this.#onError = onError;
    const onLost = (lost: Transport): void => this.#forget(lost);
    this.#settings = { ...transport, onLost: tls ? undefined : onLost };
  }

  get size(): number {
    return this.#clients.size;
  }

  /** @param shared - The addresses that all clients of the listener share. */
  accept(socket: net.Socket, shared: Addresses): void {
    if (this.#tls === undefined) {
      const transport = new Transport(socket, this.#settings, shared);
      if (!transport.isLost) this.#clients.add(transport);
      this.#serve(transport);
      return;
    }
    // With TLS, the accepted socket stands for the client: it exists before the TLS socket and closes
    // after it.
    const client = new ClientOverTls(this, socket, shared);
    this.#clients.add(client);
    socket.on("close", () => this.#forget(client));
    this.#tls.accept(socket, client);
  }

  /** Serve a client whose handshake has succeeded. */
  serveSecured(socket: Duplex, shared: Addresses): Transport {
    const transport = new Transport(socket, this.#settings, shared);
    this.#serve(transport);
    return transport;
  }

  closeAll(): void {
    for (const client of this.#clients.all()) client.close();
  }

  abortAll(): void {
    for (const client of this.#clients.all()) client.abort();
  }

  /** Call `onError`. If that fails, the server keeps running. */
  async report(error: unknown, info: ServerErrorInfo): Promise<void> {
    try {
      await this.#onError(error, info);
    } catch (failure) {
      console.error("Unhandled error in onError:", failure);
    }
  }

  #forget(client: Client): void {
    this.#clients.remove(client);
    if (this.#clients.size === 0) this.onEmpty();
  }

  // Not async: the promise would stay pending until the client disconnects, and takes 200 bytes.
  #serve(transport: Transport): void {
    const writer = writerOver(transport);
    try {
      const outcome = this.#clientConnected(transport.reader, writer);
      if (!isThenable(outcome)) return;
      // Bound functions, which take 40 bytes less than closures.
      Promise.resolve(outcome).then(writer.close.bind(writer), this.#fail.bind(this, writer));
    } catch (error) {
      this.#fail(writer, error);
    }
  }

  #fail(writer: StreamWriter, error: unknown): void {
    if (!isCancelled(error)) {
      const peername = writer.getExtraInfo("peername");
      void this.report(error, { kind: "handler", writer, peername });
    }
    writer.close();
  }
}

function printError(error: unknown, { kind, peername }: ServerErrorInfo): void {
  if (kind === "tls") return;
  const peer = peername === undefined ? "" : ` of the client at ${formatAddress(peername)}`;
  const what = kind === "handler" ? `the handler${peer}` : "accepting a client";
  console.error(`Unhandled error in ${what}:`, error);
}

class ClientOverTls implements Client, HandshakeOwner {
  place = -1;
  readonly #clients: ServerClients;
  readonly #socket: net.Socket;
  readonly #shared: Addresses;
  // Read now: after a failed handshake, the socket no longer has its address.
  readonly #peername: Address | undefined;
  #transport: Transport | undefined = undefined;
  #isAborted = false;

  constructor(clients: ServerClients, socket: net.Socket, shared: Addresses) {
    this.#clients = clients;
    this.#socket = socket;
    this.#shared = shared;
    this.#peername = remoteAddressOf(socket);
  }

  close(): void {
    if (this.#transport === undefined) this.abort();
    else this.#transport.close();
  }

  abort(): void {
    this.#isAborted = true;
    if (this.#transport === undefined) afterTls(() => this.#socket.destroy());
    else this.#transport.abort();
  }

  onSecure(socket: Duplex): void {
    if (this.#isAborted) {
      // The underlying socket is about to be destroyed.
      ignoreErrors(socket);
      return;
    }
    this.#transport = this.#clients.serveSecured(socket, this.#shared);
  }

  onHandshakeFailed(error: Error): void {
    if (this.#isAborted) return;
    void this.#clients.report(error, { kind: "tls", peername: this.#peername });
  }
}

function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof (value as Partial<PromiseLike<void>> | undefined)?.then === "function";
}
