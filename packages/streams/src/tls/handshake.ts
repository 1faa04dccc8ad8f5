import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

export const defaultHandshakeTimeout = 60_000;
export const defaultShutdownTimeout = 30_000;

/** As Node's own error for a server, which has no twin for a client. */
export function handshakeTimeoutError(milliseconds: number): Error & { code: string } {
  const error = new Error(
    `TLS handshake is taking longer than ${milliseconds} ms: aborting the connection`,
  );
  return Object.assign(error, { code: "ERR_TLS_HANDSHAKE_TIMEOUT" });
}

/** For a handshake that ended without an error of its own. */
export function handshakeFailure(): Error & { code: string } {
  return Object.assign(new Error("TLS handshake failed"), { code: "ECONNRESET" });
}

const contexts = new WeakMap<Duplex, tls.SecureContext>();

/** Nobody can ask a TLS socket for its context: who makes one says here what it was. */
export function rememberSecureContext(socket: tls.TLSSocket, context: tls.SecureContext): void {
  contexts.set(socket, context);
}

/** The context of a socket that speaks TLS, where it is known. */
export function secureContextOf(socket: Duplex): tls.SecureContext | undefined {
  return contexts.get(socket);
}

// Node documents what makes a SecureContext, not a class to compare with. Options have no `context`.
export function isSecureContext(settings: object): settings is tls.SecureContext {
  return "context" in settings;
}
