import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { invalidArgumentType } from "@aio/errors";
import { builtin, clearTimeout, setTimeout } from "../platform.ts";
import { ignore, ignoreErrors } from "../transport/socket-events.ts";
import {
  type TlsSide,
  afterTls,
  asError,
  checkTlsOptions,
  guardedCallbacks,
  handshakeFailure,
  handshakeTimeoutError,
  isSecureContext,
  untilSecured,
} from "./handshake.ts";
import { rememberTls } from "./tls-info.ts";

/** How a client speaks TLS: `true` for Node's defaults, or its settings. */
export type ClientTls = boolean | tls.SecureContext | tls.ConnectionOptions;

/** The client's side of TLS, for any number of connections with the same settings. */
export class TlsClient implements TlsSide {
  readonly #options: tls.ConnectionOptions;
  readonly #secureContext: tls.SecureContext;
  readonly #handshakeTimeout: number;

  /**
   * @param settings - The option `tls`, not yet checked.
   * @param serverHostname - The name that the certificate must be for; with `""`, only its chain is
   * checked.
   * @throws Node's error if a key or a certificate is invalid.
   */
  constructor(settings: unknown, serverHostname: string, handshakeTimeout: number) {
    const given = checkedClientTls(settings);
    const { createSecureContext } = builtin("tls");
    this.#secureContext = given.secureContext ?? createSecureContext(given);
    this.#options = withName({ ...given, secureContext: this.#secureContext }, serverHostname);
    this.#handshakeTimeout = handshakeTimeout;
  }

  secure(socket: Duplex, signal: AbortSignal | undefined): Promise<tls.TLSSocket> {
    ignoreErrors(socket);
    return untilSecured(socket, signal, (pending) => {
      const secure = builtin("tls").connect({ ...this.#options, socket });
      const timeout = this.#handshakeTimeout;
      const timer = setTimeout(() => pending.reject(handshakeTimeoutError(timeout)), timeout);
      secure.once("secureConnect", () => {
        clearTimeout(timer);
        rememberTls(secure, this.#secureContext);
        pending.resolve(secure);
      });
      // This listener stays: an error before the streams exist would be an uncaught exception.
      secure.on("error", (error) =>
        afterTls(() => pending.reject(asError(error, "checkServerIdentity"))),
      );
      secure.once("close", () => {
        clearTimeout(timer);
        afterTls(() => pending.reject(handshakeFailure()));
      });
      return secure;
    });
  }
}

function checkedClientTls(settings: unknown): tls.ConnectionOptions {
  if (settings === true) return {};
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw invalidArgumentType("tls", "true, a SecureContext or an object of options", settings);
  }
  if (isSecureContext(settings)) return { secureContext: settings };
  checkTlsOptions(settings);
  return settings;
}

/** The name that a certificate must be for if no serverHostname is given. */
export function defaultServerHostname(settings: unknown, host: string | undefined): unknown {
  return (settings as tls.ConnectionOptions | undefined)?.servername || host;
}

function withName(options: tls.ConnectionOptions, serverHostname: string): tls.ConnectionOptions {
  const { checkServerIdentity = defaultCheckFor(serverHostname) } = options;
  const named = { ...guardedCallbacks(options), host: serverHostname };
  // In SNI, RFC 6066 allows only names, and Node warns about an address.
  named.servername ??= isIP(serverHostname) === 0 ? serverHostname : "";
  named.checkServerIdentity = (_, certificate) => {
    try {
      // Node passes the name that was sent as SNI, or "localhost" without one.
      const verdict: unknown = checkServerIdentity(serverHostname, certificate);
      if (verdict instanceof Promise) verdict.then(undefined, ignore);
      return verdict === undefined ? undefined : asError(verdict, "checkServerIdentity");
    } catch (error) {
      // Node does not catch what the callback throws.
      return asError(error, "checkServerIdentity");
    }
  };
  return named;
}

function defaultCheckFor(serverHostname: string): typeof tls.checkServerIdentity {
  return serverHostname === "" ? () => undefined : builtin("tls").checkServerIdentity;
}
