import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

/** What {@link StreamWriter.getExtraInfo} returns about TLS, also after the connection is lost. */
export interface TlsInfo {
  /** The secure context: the client's, or the one given to the server. */
  readonly sslcontext: tls.SecureContext;
  /**
   * The peer's certificate, if it presented one. It was verified only if `authorized` is true.
   */
  readonly peercert: tls.PeerCertificate;
  /**
   * Whether the peer presented a certificate signed by a trusted authority. `false` for any other
   * certificate, which only `rejectUnauthorized: false` accepts, and on a server that does not request
   * certificates.
   */
  readonly authorized: boolean;
  /** Why the peer's certificate is not trusted, such as `"DEPTH_ZERO_SELF_SIGNED_CERT"`. */
  readonly authorizationError: string;
  /** The cipher of the connection. */
  readonly cipher: tls.CipherNameAndProtocol;
  /** The TLS socket. */
  readonly sslObject: tls.TLSSocket;
}

// Saved at the handshake, because Node forgets the peer when the socket closes. If the peer presented
// a certificate, parsing it takes 40 µs of the handshake's millisecond.
const infos = new WeakMap<Duplex, Partial<TlsInfo>>();

/**
 * Save the information about a TLS socket after its handshake.
 *
 * @param context - The context of the socket, which Node does not expose.
 */
export function rememberTls(socket: tls.TLSSocket, context?: tls.SecureContext): void {
  const certificate = socket.getPeerCertificate();
  infos.set(socket, {
    sslcontext: context,
    peercert: certificate?.raw && certificate,
    authorized: socket.authorized,
    authorizationError: verifyError(socket),
    cipher: socket.getCipher(),
    sslObject: socket,
  } as Partial<TlsInfo>);
}

/** The saved information about a TLS socket; empty for any other socket. */
export function tlsInfoOf(socket: Duplex): Partial<TlsInfo> {
  return infos.get(socket) ?? {};
}

/** Why the peer's certificate is not trusted: a code, although Node's types say Error. */
export function verifyError(socket: tls.TLSSocket): string | undefined {
  return (socket.authorizationError as unknown as string | null) ?? undefined;
}
