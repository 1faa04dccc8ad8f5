import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { Pending, checkedMilliseconds, invalidArgumentValue } from "@aio/errors";
import { setImmediate } from "../platform.ts";
import { ignore } from "../transport/socket-events.ts";
import { defaults } from "../transport/transport.ts";

/** Timeouts of TLS. Valid only together with `tls`. */
export interface TlsTimeouts {
  /**
   * How long the handshake may take, in milliseconds.
   *
   * @defaultValue 60_000
   */
  readonly tlsHandshakeTimeout?: number | undefined;
  /**
   * How long a TLS connection may take to flush and end once it is closed, in milliseconds.
   *
   * @defaultValue 30_000
   */
  readonly tlsShutdownTimeout?: number | undefined;
}

/** The timeouts, checked, with their defaults. */
export type TlsTimes = { readonly [Name in keyof TlsTimeouts]-?: number };

export function checkedTlsTimeouts(options: TlsTimeouts): TlsTimes {
  const { tlsHandshakeTimeout = 60_000, tlsShutdownTimeout = defaults.tlsShutdownTimeout } =
    options;
  return {
    tlsHandshakeTimeout: checkedMilliseconds("tlsHandshakeTimeout", tlsHandshakeTimeout, 1),
    tlsShutdownTimeout: checkedMilliseconds("tlsShutdownTimeout", tlsShutdownTimeout, 1),
  };
}

/** One side of TLS with its settings, for any number of connections. */
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
 * Call `act` once OpenSSL is off the stack.
 *
 * TLS emits events and calls the caller's callbacks from inside OpenSSL. Destroying the socket there,
 * even in a microtask, frees memory that OpenSSL still uses: the process crashes with a segmentation
 * fault. So failures are reported, and sockets destroyed, an event-loop turn later.
 */
export function afterTls(act: () => void): void {
  setImmediate(act);
}

/**
 * Let an error after the handshake destroy a TLS socket that neither a tls.Server nor tls.connect() has
 * made. From such a socket, Node emits it only as this event, which is not documented. Without the
 * event, all that shows is that the input stops.
 */
export function failOnLateErrors(socket: tls.TLSSocket): void {
  socket.on("_tlsError", (error: Error) => socket.destroy(error));
}

/**
 * Wait for the outcome of a handshake over `socket`. Unless it succeeds, the socket is destroyed.
 *
 * @param begin - Begins the handshake, whose outcome settles `pending`. Returns the TLS socket if there is
 * one already. Not called if the signal has aborted or refuses listeners.
 */
export async function untilSecured<T>(
  socket: Duplex,
  signal: AbortSignal | undefined,
  begin: (pending: Pending<T>) => Duplex | void,
): Promise<T> {
  const pending = new Pending<T>(signal, { activity: "waiting for the TLS handshake" });
  let secure: Duplex | void;
  try {
    if (!pending.settled) secure = begin(pending);
    return await pending.promise;
  } catch (error) {
    // Node checks some of the TLS options only in begin(). Then, `pending` still listens to the signal.
    pending.resolve(undefined as never);
    afterTls(() => {
      secure?.destroy();
      socket.destroy();
    });
    throw error;
  }
}

/** The error of a handshake timeout, which Node reports for servers but not for clients. */
export function handshakeTimeoutError(milliseconds: number): Error & { code: string } {
  const error = new Error(
    `Cannot complete the TLS handshake: it took longer than ${milliseconds} ms`,
  );
  return Object.assign(error, { code: "ERR_TLS_HANDSHAKE_TIMEOUT" });
}

/** The error for a handshake that failed without an error. */
export function handshakeFailure(): Error & { code: string } {
  const error = new Error("Cannot complete the TLS handshake: the peer closed the connection");
  return Object.assign(error, { code: "ECONNRESET" });
}

/** The error for a value that a callback threw or returned, which may not be an Error. */
export function asError(thrown: unknown, what: string): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(`Cannot complete the TLS handshake: ${what} failed`, { cause: thrown });
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Guard the callbacks in TLS options against async functions. Those are a mistake, but their rejection
 * must not crash the process or leave the handshake pending.
 */
export function guardedCallbacks<O extends object>(options: O): O {
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

// Checks for `context`, which options do not have, because Node does not document the class.
export function isSecureContext(settings: object): settings is tls.SecureContext {
  return "context" in settings;
}

// Options of net.connect() and net.createServer() that node:tls accepts in addition to its own. Here
// TLS runs over an existing socket, so they would be ignored, or take input away from the reader.
const elsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "family highWaterMark keepAlive localAddress localPort lookup noDelay signal"
      .split(" ")
      .map((name) => [name, `use the option ${name}`]),
  ),
  allowHalfOpen: "half-close is always allowed",
  autoSelectFamily: "use the option happyEyeballsDelay",
  handshakeTimeout: "use the option tlsHandshakeTimeout",
  host: "use the option serverHostname",
  keepAliveInitialDelay: "use the option keepAlive",
  path: "use openUnixConnection()",
  pauseOnConnect: "backpressure stops the peer",
  port: "use the argument port",
  socket: "use openConnection({ socket })",
  timeout: "use the option signal, with AbortSignal.timeout()",
};

/** Refuse options that apply only to sockets that node:tls creates. */
export function checkTlsOptions(settings: object): void {
  for (const [name, cure] of Object.entries(elsewhere)) {
    if ((settings as Record<string, unknown>)[name] === undefined) continue;
    throw invalidArgumentValue(`Cannot use tls.${name}: ${cure}`);
  }
}
