import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { invalidArgumentType } from "@aio/errors";

import { builtin } from "../builtin.ts";
import type { ServerTls } from "../options.ts";
import {
  handshakeFailure,
  handshakeTimeoutError,
  isSecureContext,
  rememberSecureContext,
} from "./handshake.ts";

// Only a tls.Server checks client certificates, chooses among its contexts by name and shares its
// tickets, so the server's side of a handshake is left to one, into which connections are injected,
// as Node's documentation allows. It listens nowhere.
//
// Such a server does not say which connection a TLS socket came from. Each connection is therefore
// injected into an emitter of its own that inherits all else from the server: what is emitted there
// for this connection tells its listeners, as every emitter does, which one it was by `this`.

/** Who waits for the end of a handshake. Exactly one of the two is called, once. */
export interface HandshakeOwner {
  onSecure(socket: tls.TLSSocket): void;
  /** The socket is destroyed. */
  onHandshakeFailed(error: Error): void;
}

interface Gate extends tls.Server {
  injected?: { readonly socket: Duplex; readonly owner: HandshakeOwner };
}

/** The server's side of TLS, for any number of connections with the same settings. */
export class TlsAcceptor {
  readonly #settings: tls.Server | tls.SecureContext;
  readonly #handshakeTimeout: number;

  constructor(settings: ServerTls, handshakeTimeout: number) {
    this.#handshakeTimeout = handshakeTimeout;
    this.#settings = isSecureContext(settings)
      ? settings
      : injectable(builtin("tls").createServer({ ...settings, handshakeTimeout }));
  }

  /** Speak TLS over `socket`, and tell `owner` how the handshake ended. */
  secure(socket: Duplex, owner: HandshakeOwner): void {
    socket.on("error", ignore);
    // A client that leaves amid the handshake has failed: half open it would wait for the time-out.
    socket.allowHalfOpen = false;
    if (isSecureContext(this.#settings)) {
      this.#secureAlone(socket, owner, this.#settings);
      return;
    }
    const gate = Object.create(this.#settings) as Gate;
    gate.injected = { socket, owner };
    gate.emit("connection", socket as never);
  }

  // No tls.Server takes a finished context. There is no client certificate to check here, since a
  // context cannot ask for one; nor does Node say why a handshake of this kind has failed.
  #secureAlone(socket: Duplex, owner: HandshakeOwner, secureContext: tls.SecureContext): void {
    const { TLSSocket } = builtin("tls");
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    rememberSecureContext(secure, secureContext);
    let failure = handshakeFailure();
    const timer = setTimeout(() => {
      failure = handshakeTimeoutError(this.#handshakeTimeout);
      secure.destroy();
    }, this.#handshakeTimeout);
    const onClose = (): void => {
      clearTimeout(timer);
      socket.destroy();
      owner.onHandshakeFailed(failure);
    };
    secure.on("error", ignore);
    secure.once("close", onClose);
    secure.once("secure", () => {
      clearTimeout(timer);
      secure.off("close", onClose);
      succeed(socket, secure, owner);
    });
  }
}

function injectable(server: tls.Server): tls.Server {
  server.on("secureConnection", function (this: Gate, secure) {
    if (this.injected) succeed(this.injected.socket, secure, this.injected.owner);
  });
  server.on("tlsClientError", function (this: Gate, error) {
    this.injected?.socket.destroy();
    this.injected?.owner.onHandshakeFailed(error);
  });
  return server;
}

function succeed(socket: Duplex, secure: tls.TLSSocket, owner: HandshakeOwner): void {
  socket.allowHalfOpen = true;
  secure.allowHalfOpen = true;
  owner.onSecure(secure);
}

/** Refuses what cannot be the value of a server's option `tls`: `true` has no certificate. */
export function checkServerTls(settings: unknown): void {
  if (settings === undefined || (typeof settings === "object" && settings !== null)) return;
  throw invalidArgumentType("tls", "a SecureContext or an object of options", settings);
}

function ignore(): void {}
