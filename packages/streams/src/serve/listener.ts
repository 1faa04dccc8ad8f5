import { RuntimeError } from "@aio/errors";
import * as net from "node:net";

import { type Address, type Addresses, knownFrom } from "../address.ts";

/** What every socket that a server listens on is told. */
export interface AcceptSettings {
  readonly backlog: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
  /** Whether to accept clients at once, or to be bound only until {@link Listener.listen}. */
  readonly startServing: boolean;
  readonly onAccept: (socket: net.Socket, known: Addresses) => void;
  readonly onError: (error: Error) => void;
}

/** Where to listen, as `net.Server.listen` and `net.BoundSocket` both understand it. */
export interface Endpoint {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly ipv6Only?: boolean;
  readonly reusePort?: boolean;
}

type BoundAddress = net.AddressInfo | string;

/** One socket that accepts clients, or is bound and does not accept them yet. */
export class Listener<A extends Address> {
  readonly address: A;
  readonly #server: net.Server;
  readonly #backlog: number;
  readonly #onClose: () => void;
  #bound: net.BoundSocket | undefined;
  #starting: Promise<void> | undefined;

  constructor(
    server: net.Server,
    backlog: number,
    bound: net.BoundSocket | undefined,
    address: A,
    onClose: () => void,
  ) {
    this.#server = server;
    this.#backlog = backlog;
    this.#bound = bound;
    this.address = address;
    this.#onClose = onClose;
  }

  /**
   * Bind to `endpoint`, and listen unless that is for later.
   *
   * @param settle - Called once the socket is bound, with where that is according to the system; says
   * what the listener's address is, and what is left to do when it closes. If it throws, the socket
   * is closed.
   */
  static async open<A extends Address>(
    endpoint: Endpoint,
    settings: AcceptSettings,
    settle: (bound: BoundAddress) => { address: A; onClose?: () => void },
  ): Promise<Listener<A>> {
    const { backlog, startServing, keepAlive, keepAliveInitialDelay } = settings;
    const options = { allowHalfOpen: true, noDelay: true, keepAlive, keepAliveInitialDelay };
    const server = net.createServer(options, (socket) => settings.onAccept(socket, known));
    const bound = startServing ? undefined : bind(endpoint);
    if (bound === undefined) {
      await listening(server, () => server.listen({ ...endpoint, backlog }));
    }
    let listener: Listener<A>;
    let known: Addresses;
    try {
      const { address, onClose = nothing } = settle((bound ?? server).address() as BoundAddress);
      known = knownFrom(address);
      listener = new Listener(server, backlog, bound, address, onClose);
    } catch (error) {
      (bound ?? server).close();
      throw error;
    }
    server.on("error", settings.onError);
    return listener;
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Let clients connect. Does nothing if they can. */
  listen(): Promise<void> {
    const bound = this.#bound;
    if (bound !== undefined) {
      this.#bound = undefined;
      const server = this.#server;
      this.#starting = listening(server, () => server.listen(bound, this.#backlog));
    }
    return this.#starting ?? Promise.resolve();
  }

  close(): void {
    if (this.#bound === undefined) this.#server.close();
    else this.#bound.close();
    this.#bound = undefined;
    this.#onClose();
  }
}

function bind(endpoint: Endpoint): net.BoundSocket {
  if (net.BoundSocket === undefined) throw cannotBind();
  const bound = new net.BoundSocket(endpoint);
  const { path } = endpoint;
  if (path === undefined || (bound.address() as BoundAddress) === path) return bound;
  // The first releases of this class know nothing of paths, and have bound a port instead.
  bound.close();
  throw cannotBind();
}

function cannotBind(): Error {
  return unavailable("startServing: false", "net.BoundSocket (Node 24.21 or 26)");
}

/** The error for an option that this version of Node has no means for. */
export function unavailable(option: string, needed: string): Error {
  const error = new Error(
    `Cannot use ${option} on Node ${process.versions.node}: it needs ${needed}`,
  );
  return Object.assign(error, { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" });
}

function listening(server: net.Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onListening = (): void => settle(resolve);
    const onError = (error: Error): void => settle(() => reject(error));
    // Closed in the very tick, it never says that it listens.
    const onClose = (): void => onError(new RuntimeError("Cannot listen: the server is closed"));
    const settle = (how: () => void): void => {
      server.off("listening", onListening).off("error", onError).off("close", onClose);
      how();
    };
    server.on("listening", onListening).on("error", onError).on("close", onClose);
    listen();
  });
}

function nothing(): void {}
