import {
  AbortListener,
  RuntimeError,
  type WaitOptions,
  cancellationError,
  signalOf,
} from "@aio/errors";

import type { Address } from "./address.ts";
import { Latch } from "./latch.ts";
import { Pending } from "./pending.ts";
import type { ServerClients } from "./serve/clients.ts";

/** One socket that a server listens on. */
export interface Listener<A extends Address> {
  readonly address: A;
  readonly isListening: boolean;
  /** Let clients connect, where the socket is only bound. */
  listen(): Promise<void>;
  close(): void;
}

// How long disposing of a server waits for its clients to take what was written to them.
const disposeTimeout = 30_000;

/**
 * A server: the sockets it listens on, and its clients.
 *
 * {@link startServer} and {@link startUnixServer} make one. Closing it ends only the listening; the
 * clients stay until they leave, or until {@link Server.closeClients} or {@link Server.abortClients}
 * sends them away. `await using` does all of it.
 *
 * @example Shut down in an orderly way
 * ```ts
 * import { startServer } from "@aio/streams";
 *
 * const server = await startServer(async (reader, writer) => {
 *   for await (const line of reader) writer.write(line);
 * }, "127.0.0.1", 0);
 * console.log(server.isServing()); // true
 *
 * server.close(); // nobody can connect any more
 * server.closeClients(); // those who are there still get what was written to them
 * await server.waitClosed();
 * console.log(server.connections, server.addresses.length); // 0 0
 * ```
 *
 * @see asyncio.Server
 */
export class Server<A extends Address = Address> implements AsyncDisposable {
  #listeners: readonly Listener<A>[];
  readonly #clients: ServerClients;
  readonly #closed = new Latch();
  readonly #stopSignal: StopSignal | undefined;
  #isClosed = false;
  #forever: Forever | undefined;

  constructor(
    listeners: readonly Listener<A>[],
    clients: ServerClients,
    signal: AbortSignal | undefined,
  ) {
    this.#listeners = listeners;
    this.#clients = clients;
    clients.onEmpty = () => this.#openIfGone();
    if (signal === undefined) return;
    this.#stopSignal = new StopSignal(this);
    this.#stopSignal.listenTo(signal);
  }

  /** Where the server listens; empty once it is closed. */
  get addresses(): readonly A[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** How many clients are connected now, those in their TLS handshake included. */
  get connections(): number {
    return this.#clients.size;
  }

  /** Whether clients can connect. */
  isServing(): boolean {
    return this.#listeners.some(({ isListening }) => isListening);
  }

  /**
   * Let clients connect to a server that was started with `startServing: false`. Does nothing if
   * they can already.
   *
   * @throws {RuntimeError} If the server is closed.
   */
  async startServing(): Promise<void> {
    if (this.#isClosed) throw new RuntimeError("Cannot start serving: the server is closed");
    await Promise.all(this.#listeners.map((listener) => listener.listen()));
  }

  /**
   * Serve until the server is closed: let clients connect, then wait.
   *
   * @remarks Unlike asyncio, which raises CancelledError also when the server is closed, this
   * resolves then.
   *
   * @throws {RuntimeError} If the server is closed, or somebody else is serving for ever.
   * @throws {CancelledError} If `signal` aborts first; the server is closed then and its clients are
   * being closed.
   */
  async serveForever(options?: WaitOptions): Promise<void> {
    const signal = signalOf(options);
    if (this.#forever !== undefined) {
      throw new RuntimeError("Cannot serve: serveForever() is already being awaited");
    }
    if (this.#isClosed) throw new RuntimeError("Cannot serve: the server is closed");
    const forever = new Forever(this, signal, () => (this.#forever = undefined));
    if (signal?.aborted) forever.onAbort(cancellationError(signal));
    else this.#forever = forever;
    this.startServing().catch((error: unknown) => forever.reject(error));
    await forever.promise;
  }

  /** Stop listening. The clients stay. Closing twice does nothing more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopSignal?.stopListening();
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener.close();
    this.#forever?.serverClosed();
    this.#openIfGone();
  }

  /** Close the connection of each client, once it has got what was written to it. */
  closeClients(): void {
    this.#clients.closeAll();
  }

  /** Close the connection of each client at once, whatever it has not got yet. */
  abortClients(): void {
    this.#clients.abortAll();
  }

  /**
   * Wait until the server is closed and the last client has gone, whichever is later.
   *
   * @throws {CancelledError} If `signal` aborts first; only the wait has ended then.
   */
  async waitClosed(options?: WaitOptions): Promise<void> {
    await this.#closed.wait(signalOf(options));
  }

  /** Close the server and its clients, and wait until they have gone: at most 30 s, then by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    this.closeClients();
    const timer = setTimeout(() => this.abortClients(), disposeTimeout);
    await this.#closed.wait(undefined);
    clearTimeout(timer);
  }

  #openIfGone(): void {
    if (this.#isClosed && this.#clients.size === 0) this.#closed.open();
  }
}

class Forever extends Pending<void> {
  readonly #server: Server;
  readonly #signal: AbortSignal | undefined;

  constructor(server: Server, signal: AbortSignal | undefined, onEnd: () => void) {
    super(signal, onEnd);
    this.#server = server;
    this.#signal = signal;
  }

  // A server that was given the same signal is told of the abort first: it still is one.
  serverClosed(): void {
    if (this.#signal?.aborted) super.onAbort(cancellationError(this.#signal));
    else this.resolve();
  }

  override onAbort(error: Error): void {
    super.onAbort(error);
    this.#server.close();
    this.#server.closeClients();
  }
}

class StopSignal extends AbortListener {
  readonly #server: Server;

  constructor(server: Server) {
    super();
    this.#server = server;
  }

  override onAbort(): void {
    this.#server.close();
    this.#server.closeClients();
  }
}
