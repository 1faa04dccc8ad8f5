import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { invalidArgumentType } from "@aio/errors";
import { builtin, clearTimeout, setTimeout } from "../platform.ts";
import { ignoreErrors } from "../transport/socket-events.ts";
import {
  type TlsSide,
  afterTls,
  asError,
  checkTlsOptions,
  failOnLateErrors,
  guardedCallbacks,
  handshakeFailure,
  handshakeTimeoutError,
  isSecureContext,
  untilSecured,
} from "./handshake.ts";
import { rememberTls, verifyError } from "./tls-info.ts";

// Only a tls.Server checks client certificates, selects contexts by name (SNI) and shares session
// tickets. So a tls.Server that does not listen performs the handshakes, and connections are
// injected into it, as Node's documentation allows.
//
// Its events do not say which connection a TLS socket belongs to. So each connection is injected
// through a gate of its own: an object that inherits everything else from the server, that holds the
// connection, and that the listeners get as `this`.

/** A server's TLS settings: at least its key and certificate. */
export type ServerTls = tls.SecureContext | tls.TlsOptions;

/** Receives the outcome of a handshake: exactly one of the two methods is called, once. */
export interface HandshakeOwner {
  onSecure(socket: tls.TLSSocket): void;
  /** The socket is destroyed. */
  onHandshakeFailed(error: Error): void;
}

// `injected` is undefined on the server itself.
interface Gate extends tls.Server {
  injected?: { readonly socket: Duplex; readonly owner: HandshakeOwner };
}

/** The server's side of TLS, for any number of connections with the same settings. */
export class TlsAcceptor implements TlsSide {
  // Either a context, or a server and its options.
  #context: tls.SecureContext | undefined;
  #server: tls.Server | undefined;
  #options: tls.TlsOptions = {};
  readonly #handshakeTimeout: number;

  /**
   * @param settings - The option `tls`, not yet checked.
   * @throws Node's error if a key or a certificate is invalid.
   */
  constructor(settings: unknown, handshakeTimeout: number) {
    this.#handshakeTimeout = handshakeTimeout;
    const given = checkedServerTls(settings);
    if (isSecureContext(given)) {
      this.#context = given;
    } else {
      this.#options = { ...guardedCallbacks(given), handshakeTimeout };
      this.#server = injectable(this.#options);
    }
  }

  /** Use another key and certificate for new handshakes. */
  setSecureContext(settings: unknown): void {
    const given = checkedServerTls(settings);
    if (this.#server === undefined) {
      this.#context = isSecureContext(given) ? given : builtin("tls").createSecureContext(given);
    } else if (isSecureContext(given)) {
      // A SecureContext would silently disable requestCert and SNICallback.
      throw invalidArgumentType("tls", "an object of options, as the server was given", given);
    } else {
      this.#server.setSecureContext(given);
      this.#options = { ...this.#options, ...given };
    }
  }

  secure(socket: Duplex, signal: AbortSignal | undefined): Promise<tls.TLSSocket> {
    return untilSecured(socket, signal, (pending) =>
      this.accept(socket, {
        onSecure(secure) {
          // After an abort during the handshake, the socket is about to be destroyed.
          if (pending.settled) ignoreErrors(secure);
          pending.resolve(secure);
        },
        onHandshakeFailed: (error) => pending.reject(error),
      }),
    );
  }

  /** Perform the handshake over `socket`, and report the outcome to `owner`. */
  accept(socket: Duplex, owner: HandshakeOwner): void {
    ignoreErrors(socket);
    // No half-close during the handshake: a client that disconnects must fail it at once, not at the
    // timeout.
    socket.allowHalfOpen = false;
    try {
      if (this.#server === undefined) {
        this.#acceptAlone(socket, owner, this.#context as tls.SecureContext);
      } else {
        this.#inject(socket, owner, this.#server);
      }
    } catch (error) {
      // Node checks some of the settings only here.
      fail(socket, owner, asError(error, "tls.Server"));
    }
  }

  #inject(socket: Duplex, owner: HandshakeOwner, server: tls.Server): void {
    // Bun does not accept connections through an object that inherits from a server.
    const isBun = process.versions["bun"] !== undefined;
    const gate: Gate = isBun ? injectable(this.#options) : Object.create(server);
    gate.injected = { socket, owner };
    gate.emit("connection", socket as never);
  }

  // Without a tls.Server, which does not accept a SecureContext. A context cannot request a client
  // certificate, so there is none to check.
  #acceptAlone(socket: Duplex, owner: HandshakeOwner, secureContext: tls.SecureContext): void {
    const { TLSSocket } = builtin("tls");
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    const timeout = this.#handshakeTimeout;
    const timer = setTimeout(() => secure.destroy(handshakeTimeoutError(timeout)), timeout);
    const onClose = (): void => {
      clearTimeout(timer);
      fail(socket, owner, secure.errored ?? handshakeFailure());
    };
    ignoreErrors(secure);
    secure.once("close", onClose);
    secure.once("secure", () => {
      clearTimeout(timer);
      secure.off("close", onClose);
      failOnLateErrors(secure);
      succeed(socket, secure, owner, secureContext);
    });
  }
}

function injectable(options: tls.TlsOptions): tls.Server {
  const server = builtin("tls").createServer(options);
  server.on("secureConnection", function (this: Gate, secure) {
    if (this.injected) succeed(this.injected.socket, secure, this.injected.owner);
  });
  server.on("tlsClientError", function (this: Gate, error: unknown, secure) {
    if (this.injected) fail(this.injected.socket, this.injected.owner, reasonOf(error, secure));
  });
  return server;
}

function succeed(
  socket: Duplex,
  secure: tls.TLSSocket,
  owner: HandshakeOwner,
  context?: tls.SecureContext,
): void {
  socket.allowHalfOpen = true;
  secure.allowHalfOpen = true;
  rememberTls(secure, context);
  owner.onSecure(secure);
}

function fail(socket: Duplex, owner: HandshakeOwner, error: Error): void {
  afterTls(() => {
    socket.destroy();
    owner.onHandshakeFailed(error);
  });
}

// If Node does not accept a client's certificate, it destroys the connection and reports only a
// reset.
function reasonOf(error: unknown, secure: tls.TLSSocket): Error {
  const code = verifyError(secure);
  if (code === undefined) return asError(error, "a callback of the option tls");
  const message = `Cannot accept the client's certificate: ${code}`;
  return Object.assign(new Error(message, { cause: error }), { code });
}

function checkedServerTls(settings: unknown): ServerTls {
  // Unlike a client's, not `true`: a server needs a certificate.
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw invalidArgumentType("tls", "a SecureContext or an object of options", settings);
  }
  if (isSecureContext(settings)) return settings;
  checkTlsOptions(settings);
  return settings;
}
