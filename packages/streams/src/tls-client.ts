import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";

import { invalidArgumentType } from "@aio/errors";

import type { ClientTls } from "./options.ts";
import { Pending, throwIfAborted } from "./pending.ts";
import { handshakeTimeoutError, isSecureContext } from "./tls-handshake.ts";

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
  settings: Exclude<ClientTls, false>,
  handshake: ClientHandshake,
): Promise<tls.TLSSocket> {
  const { serverHostname, tlsHandshakeTimeout, signal } = handshake;
  socket.on("error", ignore);
  try {
    throwIfAborted(signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const secure = tls.connect({ ...connectionOptions(settings, serverHostname), socket });
  // The handshake's errors arrive here; what comes later is for the streams that are laid over it.
  secure.on("error", onError);
  const timer = setTimeout(
    () => pending.reject(handshakeTimeoutError(tlsHandshakeTimeout)),
    tlsHandshakeTimeout,
  );
  let succeeded = false;
  const pending = new Pending<tls.TLSSocket>(signal, () => {
    clearTimeout(timer);
    secure.off("secureConnect", onSecure);
    if (succeeded) return;
    secure.destroy();
    socket.destroy();
  });
  secure.once("secureConnect", onSecure);
  return pending.promise;

  function onSecure(): void {
    succeeded = true;
    pending.resolve(secure);
  }
  function onError(error: Error): void {
    pending.reject(error);
  }
}

/** Refuses what cannot be the value of a client's option `tls`. */
export function checkClientTls(settings: unknown): void {
  if (settings === undefined || typeof settings === "boolean") return;
  if (typeof settings === "object" && settings !== null) return;
  throw invalidArgumentType("tls", "true, a SecureContext or an object of options", settings);
}

function connectionOptions(
  settings: Exclude<ClientTls, false>,
  serverHostname: string,
): tls.ConnectionOptions {
  const options: tls.ConnectionOptions =
    settings === true
      ? {}
      : isSecureContext(settings)
        ? { secureContext: settings }
        : { ...settings };
  // Where there is no name to check Node falls back to the host, and then to "localhost".
  if (serverHostname === "") options.checkServerIdentity = () => undefined;
  options.host = serverHostname;
  // RFC 6066 knows names only, and Node warns about an address.
  options.servername ??= isIP(serverHostname) === 0 ? serverHostname : "";
  return options;
}

function ignore(): void {}
