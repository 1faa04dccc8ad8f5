import { Pending } from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { afterTls, handshakeActivity, handshakeFailure } from "./handshake.ts";

/** What {@link StreamWriter.getExtraInfo} knows about TLS, by name. It stays known after the end. */
export interface TlsInfo {
  /** The settings of TLS, if they were given as a context. */
  readonly sslcontext: tls.SecureContext;
  /**
   * The peer's certificate, if it has shown one. It may be anybody's: only if `authorized` is true
   * has it been verified.
   */
  readonly peercert: tls.PeerCertificate;
  /**
   * Whether the peer has shown a certificate that is signed by an authority that this side trusts.
   * False with `rejectUnauthorized: false` for a certificate that is not, and on a server that asks
   * for no certificate.
   */
  readonly authorized: boolean;
  /** Why the peer's certificate was not accepted, such as `"DEPTH_ZERO_SELF_SIGNED_CERT"`. */
  readonly authorizationError: string;
  /** What TLS encrypts with. */
  readonly cipher: tls.CipherNameAndProtocol;
  /** The TLS socket. */
  readonly sslObject: tls.TLSSocket;
}

// Node forgets the peer as soon as the socket is closed. A certificate is taken apart at the handshake,
// in 40 µs where the handshake takes a millisecond, and only where there is one.
const infos = new WeakMap<Duplex, Partial<TlsInfo>>();

/**
 * Keep what is known about a TLS socket now that its handshake is over.
 *
 * @param context - Nobody can ask a TLS socket for its context.
 */
export function rememberTls(socket: tls.TLSSocket, context?: tls.SecureContext): void {
  const certificate = socket.getPeerCertificate();
  infos.set(socket, {
    sslcontext: context,
    peercert: certificate?.raw === undefined ? undefined : certificate,
    authorized: socket.authorized,
    authorizationError: verifyError(socket),
    cipher: socket.getCipher(),
    sslObject: socket,
  } as Partial<TlsInfo>);
}

/** What is known about a socket that speaks TLS; nothing about any other. */
export function tlsInfoOf(socket: Duplex): Partial<TlsInfo> {
  return infos.get(socket) ?? {};
}

/** The code of what is wrong with a peer's certificate: text, where Node's types have an Error. */
export function verifyError(socket: tls.TLSSocket): string | undefined {
  return (socket.authorizationError as unknown as string | null) ?? undefined;
}

// Not by its class: that would load node:tls.
export function isTlsSocket(socket: Duplex): socket is tls.TLSSocket {
  return "encrypted" in socket && "getPeerCertificate" in socket;
}

/**
 * Wait until a TLS socket that the caller has made has completed its handshake.
 *
 * @throws {CancelledError} If `signal` aborts first; the socket is destroyed, as it is after any other
 * failure.
 */
export async function untilSecure(
  socket: tls.TLSSocket,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (socket.getFinished() === undefined) {
    const pending = new Pending<void>(signal, {
      activity: handshakeActivity,
      onSettled() {
        if (signal?.aborted) afterTls(() => socket.destroy());
      },
    });
    // A client's own listener comes first: it destroys a socket whose peer it does not trust.
    socket.once("secure", () => {
      if (!socket.destroyed) pending.resolve();
    });
    socket.on("error", (error) => pending.reject(error));
    socket.once("close", () => pending.reject(handshakeFailure()));
    await pending.promise;
  }
  rememberTls(socket);
}
