import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { invalidArgumentType } from "@aio/errors";

import { builtin } from "../builtin.ts";
import type { ClientTls } from "../options.ts";
import { Pending, throwIfAborted } from "../pending.ts";
import {
  handshakeFailure,
  handshakeTimeoutError,
  isSecureContext,
  rememberSecureContext,
} from "./handshake.ts";

/** What the client's side of a handshake has to know. */
export interface ClientHandshake {
  /** The name that the certificate is checked against; with `""` only its chain is. */
  readonly serverHostname: string;
  readonly tlsHandshakeTimeout: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Speak TLS over `socket`, as the client, and wait until the peer has proven who it is.
 *
 * @throws {CancelledError} If `signal` aborts first; the socket is destroyed then, as it is after
 * any other failure.
 */
export async function secureClient(
  socket: Duplex,
  settings: ClientTlsSettings,
  handshake: ClientHandshake,
): Promise<tls.TLSSocket> {
  const { serverHostname, tlsHandshakeTimeout, signal } = handshake;
  socket.on("error", ignore);
  throwIfAborted(signal, socket);
  const secure = builtin("tls").connect({ ...withName(settings, serverHostname), socket });
  rememberSecureContext(secure, settings.secureContext);
  let succeeded = false;
  const pending = new Pending<tls.TLSSocket>(signal, () => {
    clearTimeout(timer);
    if (succeeded) return;
    secure.destroy();
    socket.destroy();
  });
  const timer = setTimeout(
    () => pending.reject(handshakeTimeoutError(tlsHandshakeTimeout)),
    tlsHandshakeTimeout,
  );
  secure.once("secureConnect", () => {
    succeeded = true;
    pending.resolve(secure);
  });
  // It stays, so that no error meets a socket without one before its streams are there.
  secure.on("error", (error) => pending.reject(error));
  secure.once("close", () => pending.reject(handshakeFailure()));
  return pending.promise;
}

/** Refuses what cannot be the value of a client's option `tls`. */
export function checkClientTls(settings: unknown): void {
  if (settings === undefined || typeof settings === "boolean") return;
  if (typeof settings === "object" && settings !== null) return;
  throw invalidArgumentType("tls", "true, a SecureContext or an object of options", settings);
}

/** A client's settings with a context, which is there once and for all its connections. */
export type ClientTlsSettings = tls.ConnectionOptions & {
  readonly secureContext: tls.SecureContext;
};

/** What Node is to be told, out of what the user has. Throws for a certificate that is none. */
export function clientTlsSettings(settings: Exclude<ClientTls, false>): ClientTlsSettings {
  const { createSecureContext } = builtin("tls");
  if (settings === true) return { secureContext: createSecureContext() };
  if (isSecureContext(settings)) return { secureContext: settings };
  const { secureContext = createSecureContext(settings) } = settings;
  return { ...settings, secureContext };
}

function withName(settings: ClientTlsSettings, serverHostname: string): tls.ConnectionOptions {
  const options: tls.ConnectionOptions = { ...settings, host: serverHostname };
  // Where there is no name to check Node falls back to the host, and then to "localhost".
  if (serverHostname === "") options.checkServerIdentity = () => undefined;
  // RFC 6066 knows names only, and Node warns about an address.
  options.servername ??= isIP(serverHostname) === 0 ? serverHostname : "";
  return options;
}

function ignore(): void {}
