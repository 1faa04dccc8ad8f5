import { checkedMilliseconds, invalidArgumentValue } from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { setImmediate } from "../platform.ts";

const defaultHandshakeTimeout = 60_000;
const defaultShutdownTimeout = 30_000;

/** What a caller waits for, as cancellations tell it. */
export const handshakeActivity = "waiting for the TLS handshake";

/** How long TLS may take. Only together with `tls`. */
export interface TlsTimeouts {
  /**
   * How long the handshake may take, in milliseconds.
   *
   * @defaultValue 60_000
   */
  readonly tlsHandshakeTimeout?: number | undefined;
  /**
   * How long a closed TLS connection may take to flush and to end, in milliseconds.
   *
   * @defaultValue 30_000
   */
  readonly tlsShutdownTimeout?: number | undefined;
}

/** The timeouts, checked, with their defaults. */
export interface TlsTimes {
  readonly tlsHandshakeTimeout: number;
  readonly tlsShutdownTimeout: number;
}

export function checkedTlsTimeouts(options: TlsTimeouts): TlsTimes {
  const {
    tlsHandshakeTimeout = defaultHandshakeTimeout,
    tlsShutdownTimeout = defaultShutdownTimeout,
  } = options;
  return {
    tlsHandshakeTimeout: checkedMilliseconds("tlsHandshakeTimeout", tlsHandshakeTimeout, 1),
    tlsShutdownTimeout: checkedMilliseconds("tlsShutdownTimeout", tlsShutdownTimeout, 1),
  };
}

/** One side of TLS, with its settings: it secures any number of connections. */
export interface TlsSide {
  /**
   * Perform the handshake over `socket`.
   *
   * @throws {CancelledError} If `signal` aborts first; the socket is destroyed, as it is after any
   * other failure.
   */
  secure(socket: Duplex, signal: AbortSignal | undefined): Promise<tls.TLSSocket>;
}

/**
 * Do something once OpenSSL is off the stack.
 *
 * TLS emits its events, and calls the user's callbacks, amid the handshake. A socket that is destroyed
 * there, be it in a microtask, takes the memory from under OpenSSL: the process ends with a
 * segmentation fault. So failures are told, and sockets destroyed, a turn of the event loop later.
 */
export function afterTls(act: () => void): void {
  setImmediate(act);
}

/** As Node's own error for a server, which has no twin for a client. */
export function handshakeTimeoutError(milliseconds: number): Error & { code: string } {
  const error = new Error(
    `Cannot complete the TLS handshake: it took longer than ${milliseconds} ms`,
  );
  return Object.assign(error, { code: "ERR_TLS_HANDSHAKE_TIMEOUT" });
}

/** For a handshake that ended without an error of its own. */
export function handshakeFailure(): Error & { code: string } {
  const error = new Error("Cannot complete the TLS handshake: the peer closed the connection");
  return Object.assign(error, { code: "ECONNRESET" });
}

/** What a user's callback threw or passed on: not always an error, which all others rely on. */
export function asError(thrown: unknown, what: string): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(`Cannot complete the TLS handshake: ${what} failed`, { cause: thrown });
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;

/**
 * The options of TLS, with callbacks that may be async functions. That is a slip, but one whose
 * rejection would end the process, and leave the handshake without an answer.
 */
export function guarded<O extends object>(options: O): O {
  const result = { ...options };
  for (const name of ["ALPNCallback", "SNICallback", "pskCallback"] as const) {
    const callback: unknown = Reflect.get(options, name);
    if (typeof callback !== "function") continue;
    const guard: Callback = function (...args) {
      const returned: unknown = Reflect.apply(callback, this, args);
      if (!(returned instanceof Promise)) return returned;
      const answer = name === "SNICallback" ? (args[1] as Callback) : ignore;
      returned.then(undefined, (error: unknown) => answer(asError(error, name)));
      return undefined;
    };
    Reflect.set(result, name, guard);
  }
  return result;
}

// Node documents what makes a SecureContext, not a class to compare with. Options have no `context`.
export function isSecureContext(settings: object): settings is tls.SecureContext {
  return "context" in settings;
}

// Options of net.connect() and net.createServer() that node:tls takes beside its own. Here TLS begins
// on a socket that is there, so they would be ignored, or take the input away from the reader.
const elsewhere: Readonly<Record<string, string>> = {
  allowHalfOpen: "connections are always half-open",
  autoSelectFamily: "use the option happyEyeballsDelay",
  family: "use the option family",
  handshakeTimeout: "use the option tlsHandshakeTimeout",
  highWaterMark: "use the option highWaterMark",
  host: "use the option serverHostname",
  keepAlive: "use the option keepAlive",
  keepAliveInitialDelay: "use the option keepAlive",
  localAddress: "use the option localAddress",
  localPort: "use the option localPort",
  lookup: "use the option lookup",
  noDelay: "use the option noDelay",
  path: "use openUnixConnection()",
  pauseOnConnect: "reading is paused by itself",
  port: "use the argument port",
  signal: "use the option signal",
  socket: "use openConnection({ socket })",
  timeout: "use the option signal, with AbortSignal.timeout()",
};

/** Refuse what node:tls would take for a socket of its own. */
export function checkTlsOptions(settings: object): void {
  for (const [name, cure] of Object.entries(elsewhere)) {
    if ((settings as Record<string, unknown>)[name] === undefined) continue;
    throw invalidArgumentValue(`Cannot use tls.${name}: ${cure}`);
  }
}

function ignore(): void {}
