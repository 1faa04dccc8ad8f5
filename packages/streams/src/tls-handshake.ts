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

// Node documents what makes a SecureContext, not a class to compare with. Options have no `context`.
export function isSecureContext(settings: object): settings is tls.SecureContext {
  return "context" in settings;
}
