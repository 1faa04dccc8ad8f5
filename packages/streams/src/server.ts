import {
  AbortListener,
  Pending,
  RuntimeError,
  type WaitOptions,
  cancellationError,
  signalOf,
} from "@aio/errors";
import { throwIfAborted } from "./abort.ts";
import { clearTimeout, inspectAs, setTimeout } from "./platform.ts";
import { ServerClients } from "./serve/clients.ts";
import type { Listener } from "./serve/listener.ts";
import type { ServerSettings } from "./serve/settings.ts";
import type { ServerTls, TlsAcceptor } from "./tls/server.ts";
import { type Address, formatAddress } from "./transport/address.ts";

// How long disposing of a server waits for its clients' output to be flushed.
const disposeTimeout = 30_000;

/**
 * A server: the sockets it listens on, and its clients.
 *
 * {@link startServer} and {@link startUnixServer} return one. Closing it only stops the listening:
 * clients stay connected until they leave, or until {@link Server.closeClients} or
 * {@link Server.abortClients} disconnects them. `await using` closes both.
 *
 * @example Shut down in order
 * ```ts
 * import { startServer } from "@aio/streams";
 *
 * const server = await startServer(async (reader, writer) => {
 *   for await (const line of reader) writer.write(line);
 * }, "127.0.0.1", 0);
 * console.log(server.isServing()); // true
 *
 * server.close(); // new clients cannot connect
 * server.closeClients(); // connected clients still receive what was written to them
 * await server.waitClosed();
 * console.log(server.connections, server.addresses.length); // 0 0
 * ```
 *
 * @see asyncio.Server
 */
export class Server<A extends Address = Address> implements AsyncDisposable {
  #listeners: readonly Listener<A>[];
  readonly #clients: ServerClients;
  readonly #tls: TlsAcceptor | undefined;
  readonly #closeWaiters = new Set<Pending<void>>();
  readonly #stopSignal: StopSignal | undefined;
  #isClosed = false;
  /** Settles the pending call of serveForever(), if there is one. */
  #endForever: (() => void) | undefined;

  private constructor(
    listeners: readonly Listener<A>[],
    clients: ServerClients,
    { tls, signal }: ServerSettings,
  ) {
    this.#listeners = listeners;
    this.#clients = clients;
    this.#tls = tls;
    clients.onEmpty = () => this.#wakeIfGone();
    if (signal !== undefined) {
      this.#stopSignal = new StopSignal(this);
      // Throws if the signal refuses listeners.
      this.#stopSignal.listenTo(signal);
    }
    // A worker of a cluster that disconnects closes its servers.
    for (const { server } of listeners) server.on("close", () => this.close());
  }

  /** The addresses that the server listens on; empty once it is closed. */
  get addresses(): readonly A[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** How many clients are connected, including those in their TLS handshake. */
  get connections(): number {
    return this.#clients.size;
  }

  /** Whether clients can connect. */
  isServing(): boolean {
    return this.#listeners.some(({ server }) => server.listening);
  }

  /**
   * Let clients connect to a server that was started with `startServing: false`. Does nothing if they
   * already can.
   *
   * @throws {RuntimeError} If the server is closed.
   */
  async startServing(): Promise<void> {
    if (this.#isClosed) throw new RuntimeError("Cannot start serving: the server is closed");
    await Promise.all(this.#listeners.map((listener) => listener.listen()));
  }

  /**
   * Let clients connect, and wait until the server is closed.
   *
   * @remarks Unlike asyncio, which raises CancelledError when the server is closed, this resolves.
   *
   * @throws {RuntimeError} If the server is closed, or another call of this method is waiting.
   * @throws {CancelledError} If `signal` aborts first; the server is closed and its clients are being
   * closed.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   */
  async serveForever(options?: WaitOptions): Promise<void> {
    const signal = signalOf(options);
    if (this.#endForever !== undefined) {
      throw new RuntimeError("Cannot serve: serveForever() is already being awaited");
    }
    if (this.#isClosed) throw new RuntimeError("Cannot serve: the server is closed");
    const activity = "serving";
    const closeIfAborted = (): void => {
      this.#endForever = undefined;
      if (!signal?.aborted) return;
      this.close();
      this.closeClients();
    };
    const forever = new Pending<void>(signal, { activity, onSettled: closeIfAborted });
    if (forever.settled) {
      closeIfAborted();
    } else {
      // If startServer() was given the same signal, it closes the server first. The call is still
      // cancelled.
      this.#endForever = () => {
        if (signal?.aborted) forever.reject(cancellationError(signal, activity));
        else forever.resolve();
      };
      this.startServing().catch((error: unknown) => forever.reject(error));
    }
    await forever.promise;
  }

  /**
   * Use another key and certificate for new connections, such as a renewed certificate. Existing
   * connections keep theirs.
   *
   * @param tls - The options of `tls.createSecureContext()`: `key` and `cert`, and `ca` if client
   * certificates are checked. Other options that the server was started with, such as `requestCert`,
   * stay in force. If the server was started with a `SecureContext`, pass another one.
   * @throws {RuntimeError} If the server does not speak TLS.
   * @throws {TypeError} If `tls` is invalid.
   * @throws Node's error if a key or a certificate is invalid; the server keeps its own.
   *
   * @example Renew a certificate without a restart
   * ```ts
   * import { readFileSync } from "node:fs";
   * import { startServer } from "@aio/streams";
   *
   * const certificate = () => ({ key: readFileSync("key.pem"), cert: readFileSync("cert.pem") });
   * await using server = await startServer(() => {}, "127.0.0.1", 0, { tls: certificate() });
   * process.on("SIGHUP", () => server.setSecureContext(certificate()));
   * ```
   *
   * @see ssl.SSLContext.load_cert_chain, of Python
   */
  setSecureContext(tls: ServerTls): void {
    if (this.#tls === undefined) {
      throw new RuntimeError("Cannot set a secure context: the server does not speak TLS");
    }
    this.#tls.setSecureContext(tls);
  }

  /** Let the program exit while the server listens. Connected clients still keep it running. */
  unref(): this {
    for (const listener of this.#listeners) listener.server.unref();
    return this;
  }

  /** Keep the program running while the server listens. This is the default. */
  ref(): this {
    for (const listener of this.#listeners) listener.server.ref();
    return this;
  }

  /** Stop listening. Clients stay connected. Closing again has no effect. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopSignal?.stopListening();
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener.close();
    this.#endForever?.();
    this.#wakeIfGone();
  }

  /** Close each client's connection once everything that was written to it is sent. */
  closeClients(): void {
    this.#clients.closeAll();
  }

  /** Close each client's connection at once, and drop what is unsent. */
  abortClients(): void {
    this.#clients.abortAll();
  }

  /**
   * Wait until the server is closed and the last client has disconnected.
   *
   * @throws {CancelledError} If `signal` aborts first; the server and its clients are not affected.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
   */
  waitClosed(options?: WaitOptions): Promise<void> {
    try {
      return this.#waitClosed(signalOf(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Close the server and its clients, wait until they are gone, and abort those left after 30 s. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    this.closeClients();
    const timer = setTimeout(() => this.abortClients(), disposeTimeout);
    await this.#waitClosed(undefined);
    clearTimeout(timer);
  }

  #waitClosed(signal: AbortSignal | undefined): Promise<void> {
    const waiter = new Pending<void>(signal, {
      activity: "waiting for the server to close",
      onSettled: () => this.#closeWaiters.delete(waiter),
    });
    if (!waiter.settled) this.#closeWaiters.add(waiter);
    this.#wakeIfGone();
    return waiter.promise;
  }

  #wakeIfGone(): void {
    if (!this.#isClosed || this.#clients.size > 0) return;
    for (const waiter of this.#closeWaiters) waiter.resolve();
  }

  #inspect(): string {
    const clients = this.connections === 1 ? "1 client" : `${this.connections} clients`;
    const state = this.#isClosed ? "closed" : this.isServing() ? "serving" : "bound";
    const where = this.addresses.map((address) => formatAddress(address));
    return `Server <${[...where, state, clients].join(", ")}>`;
  }

  static {
    newServer = (listeners, clients, settings) => new Server(listeners, clients, settings);
    inspectAs(this, "Server", (server) => server.#inspect());
  }
}

// `var`, because the static block above assigns it before this line runs: `let` would throw.
var newServer: <A extends Address>(
  listeners: readonly Listener<A>[],
  clients: ServerClients,
  settings: ServerSettings,
) => Server<A>;

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

/** The activity that a cancellation's message names. */
export const startActivity = "waiting for the server to listen";

/**
 * Start a server.
 *
 * @param open - Opens the sockets and adds each to the list once it is open. If it fails, or the signal
 * aborts first, the sockets in the list are closed.
 */
export async function serverOver<A extends Address>(
  settings: ServerSettings,
  open: (clients: ServerClients, listeners: Listener<A>[]) => Promise<void>,
): Promise<Server<A>> {
  const { signal } = settings;
  throwIfAborted(signal, startActivity);
  const clients = new ServerClients(settings);
  const listeners: Listener<A>[] = [];
  try {
    await open(clients, listeners);
    throwIfAborted(signal, startActivity);
    return newServer(listeners, clients, settings);
  } catch (error) {
    for (const listener of listeners) listener.close();
    clients.abortAll();
    throw error;
  }
}
