import {
  checkedBoolean,
  checkedInteger,
  checkedMilliseconds,
  invalidArgumentType,
  invalidArgumentValue,
  outOfRange,
} from "@aio/errors";
import type { StreamOptions, TcpOptions } from "./options.ts";
import { builtin } from "./platform.ts";
import { type TlsTimeouts, checkedTlsTimeouts } from "./tls/handshake.ts";
import { type TransportSettings, defaults } from "./transport/transport.ts";

// Checks of options that several calls take. connect/settings and serve/settings check the options
// of each call once and apply the defaults. Only the public constructor of StreamReader checks `limit`
// again.

export const streamNames = ["limit", "highWaterMark", "signal"] as const;
export const tlsNames = ["tls", "tlsHandshakeTimeout", "tlsShutdownTimeout"] as const;
export const tcpNames = ["keepAlive", "noDelay"] as const;

/** Option names of asyncio and Node, and what to use instead. */
export const foreignNames: Readonly<Record<string, string>> = {
  ssl: "tls",
  sslcontext: "tls",
  ssl_handshake_timeout: "tlsHandshakeTimeout",
  ssl_shutdown_timeout: "tlsShutdownTimeout",
  handshakeTimeout: "tlsHandshakeTimeout",
  secureContext: "tls: secureContext",
  ...Object.fromEntries(
    (
      "ALPNCallback ALPNProtocols SNICallback ca cert checkServerIdentity ciphers crl key " +
      "maxVersion minVersion passphrase pfx pskCallback rejectUnauthorized requestCert session"
    )
      .split(" ")
      .map((name) => [name, `tls: { ${name} }`]),
  ),
  allowHalfOpen: "no option: half-close is always allowed",
  keepAliveInitialDelay: "keepAlive",
  loop: "no option: there is one event loop",
};

/** What clients and servers have in common: how they set up the streams and the sockets. */
export interface CommonSettings {
  readonly transport: TransportSettings;
  readonly tlsHandshakeTimeout: number;
  readonly tcp: {
    readonly keepAlive: boolean;
    readonly keepAliveInitialDelay: number;
    readonly noDelay: boolean;
  };
}

/**
 * Check the options of a stream and of a TCP socket, and that TLS timeouts are given only with `tls`.
 * Node has two options for `keepAlive`, which can be a time.
 *
 * @param host - The host that a client connects to.
 */
export function commonSettings(
  options: StreamOptions & TcpOptions & TlsTimeouts,
  hasTls: boolean,
  side: "client" | "server",
  host?: string,
): CommonSettings {
  const {
    limit = defaults.limit,
    highWaterMark = defaults.highWaterMark,
    keepAlive = false,
    noDelay = true,
  } = options;
  if (!hasTls) checkNeedsTls(options, ["tlsHandshakeTimeout", "tlsShutdownTimeout"]);
  const { tlsHandshakeTimeout, tlsShutdownTimeout } = checkedTlsTimeouts(options);
  const delay = typeof keepAlive === "number" ? checkedMilliseconds("keepAlive", keepAlive, 1) : 0;
  return {
    transport: {
      limit: checkedInteger("limit", limit, 1),
      highWaterMark: checkedInteger("highWaterMark", highWaterMark, 0),
      tlsShutdownTimeout,
      side,
      host,
    },
    tlsHandshakeTimeout,
    tcp: {
      keepAlive: delay > 0 || checkedBoolean("keepAlive", keepAlive),
      keepAliveInitialDelay: delay,
      noDelay: checkedBoolean("noDelay", noDelay),
    },
  };
}

/** Refuse options that require `tls`, which is not given. */
export function checkNeedsTls<O extends object>(
  options: O,
  names: readonly (keyof O & string)[],
): void {
  checkNotGiven(options, names, "it needs the option tls");
}

/** Refuse options that contradict the rest. */
export function checkNotGiven<O extends object>(
  options: O,
  names: readonly (keyof O & string)[],
  reason: string,
): void {
  for (const name of names) {
    if (options[name] !== undefined) throw invalidArgumentValue(`Cannot use ${name}: ${reason}`);
  }
}

export function checkedPort(name: string, port: unknown): number {
  return checkedInteger(name, port, 0, 65_535);
}

// The size of sun_path, less one for the NUL. Node 20 and 22 silently truncate longer paths.
export const longestSocketPath: number = process.platform === "linux" ? 107 : 103;

/** Check the path of a Unix socket, or its abstract name. */
export function socketPath(path: unknown): string {
  const name = path instanceof URL ? builtin("url").fileURLToPath(path) : path;
  if (typeof name !== "string" || name === "") {
    throw invalidArgumentType("path", "a path or a file URL", path);
  }
  if (name.includes("\0", 1)) {
    throw invalidArgumentType("path", "a path without NULs", path);
  }
  if (Buffer.byteLength(name) <= longestSocketPath) return name;
  throw outOfRange("path", `a socket's path, of at most ${longestSocketPath} bytes`, name);
}
