import * as net from "node:net";
import { RuntimeError } from "@aio/errors";
import { checkNetworkAllowed, unavailable } from "../platform.ts";
import { type Address, sharedAddresses } from "../transport/address.ts";
import { ignore } from "../transport/socket-events.ts";
import type { ServerClients } from "./clients.ts";
import type { ServerSettings } from "./settings.ts";

/** Where to listen, for `net.Server.listen` and `net.BoundSocket` alike. */
export interface Endpoint {
  /** A socket that is already listening. */
  readonly fd?: number;
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly ipv6Only?: boolean;
  readonly reusePort?: boolean;
}

/** A bound socket's address, as the system reports it. */
export type BoundAddress = net.AddressInfo | string | null;

/** What a bound listener does not know by itself. */
export interface Binding<A extends Address> {
  readonly address?: A;
  readonly onClose?: () => void;
}

interface ListenerParts<A extends Address> {
  readonly address: A;
  readonly server: net.Server;
  readonly backlog: number;
  /** The socket, until it listens, if it is bound and does not listen yet. */
  readonly bound: net.BoundSocket | undefined;
  /** What to do when the listener closes. */
  readonly onClose: () => void;
}

/** A socket that accepts clients, or is bound and does not accept them yet. */
export class Listener<A extends Address> {
  readonly address: A;
  readonly server: net.Server;
  readonly #backlog: number;
  readonly #onClose: () => void;
  #bound: net.BoundSocket | undefined;
  #starting: Promise<void> | undefined;

  constructor({ address, server, backlog, bound, onClose }: ListenerParts<A>) {
    this.address = address;
    this.server = server;
    this.#backlog = backlog;
    this.#bound = bound;
    this.#onClose = onClose;
  }

  /**
   * Bind to `endpoint`, and listen unless `startServing` is false.
   *
   * @param onBound - Called once the socket is bound, with its address according to the system. Returns
   * the listener's address, unless that is given, and what to do when it closes. If it throws, the
   * socket is closed.
   * @param known - The listener's address, if it is known before the socket is bound.
   */
  static async open<A extends Address>(
    endpoint: Endpoint,
    { socketOptions, backlog, startServing }: ServerSettings,
    clients: ServerClients,
    onBound: (bound: BoundAddress) => Binding<A>,
    known?: A,
  ): Promise<Listener<A>> {
    checkNetworkAllowed();
    // In a worker of a cluster, clients can arrive before "listening": with the primary's answer.
    let shared = sharedAddresses(known);
    const server = net.createServer(socketOptions, (socket) => clients.accept(socket, shared));
    const bound = startServing ? undefined : bind(endpoint);
    if (bound === undefined) {
      await untilListening(server, () => server.listen({ ...endpoint, backlog }));
    }
    let listener: Listener<A>;
    try {
      const { address = known, onClose = ignore } = onBound((bound ?? server).address());
      shared = sharedAddresses(address);
      listener = new Listener({ address: address as A, server, backlog, bound, onClose });
    } catch (error) {
      (bound ?? server).close();
      throw error;
    }
    server.on("error", (error) => void clients.report(error, { kind: "accept" }));
    return listener;
  }

  /** Let clients connect. Does nothing if they already can. */
  listen(): Promise<void> {
    const bound = this.#bound;
    if (bound !== undefined) {
      this.#bound = undefined;
      const server = this.server;
      this.#starting = untilListening(server, () => server.listen(bound, this.#backlog));
    }
    return this.#starting ?? Promise.resolve();
  }

  close(): void {
    (this.#bound ?? this.server).close();
    this.#onClose();
  }
}

function bind(endpoint: Endpoint): net.BoundSocket {
  if (net.BoundSocket === undefined) throw cannotBind();
  const bound = new net.BoundSocket(endpoint);
  const { path } = endpoint;
  if (path === undefined || (bound.address() as BoundAddress) === path) return bound;
  // The first Node releases with this class ignore the path, and bind a port.
  bound.close();
  throw cannotBind();
}

function cannotBind(): Error {
  return unavailable("startServing: false", "net.BoundSocket (Node 24.21 or 26)");
}

function untilListening(server: net.Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("listening", resolve).once("error", reject);
    // A server that is closed in the same tick never emits "listening".
    server.once("close", () => reject(new RuntimeError("Cannot listen: the server is closed")));
    listen();
  });
}
