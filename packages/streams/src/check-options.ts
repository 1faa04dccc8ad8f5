import { invalidArgumentType, outOfRange } from "@aio/errors";
import { isIP } from "node:net";

import type { StreamOptions, TlsTimeouts } from "./options.ts";

// Longer times overflow Node's timers, which then fire at once.
const longestTime = 2 ** 31 - 1;

/** `options` itself, or none: anything else than an object is a mistake of the caller's. */
export function checkOptions<O extends object>(options: O | undefined): Partial<O> {
  if (options === undefined) return {};
  if (typeof options === "object" && options !== null) return options;
  throw invalidArgumentType("options", "an object", options);
}

export function checkStreamOptions(options: StreamOptions): void {
  checkInteger("limit", options.limit, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("highWaterMark", options.highWaterMark, 0, Number.MAX_SAFE_INTEGER);
}

/** The times that TLS may take, and that none is given without it. */
export function checkTlsTimeouts(options: TlsTimeouts, hasTls: boolean): void {
  checkTime("tlsHandshakeTimeout", options.tlsHandshakeTimeout);
  checkTime("tlsShutdownTimeout", options.tlsShutdownTimeout);
  if (hasTls) return;
  checkNeedsTls("tlsHandshakeTimeout", options.tlsHandshakeTimeout);
  checkNeedsTls("tlsShutdownTimeout", options.tlsShutdownTimeout);
}

export function checkNeedsTls(name: string, value: unknown): void {
  if (value !== undefined) throw new TypeError(`Cannot use ${name}: it needs the option tls`);
}

export function checkPort(name: string, port: unknown): asserts port is number {
  if (typeof port !== "number") throw invalidArgumentType(name, "a number", port);
  checkInteger(name, port, 0, 65_535);
}

export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw invalidArgumentType(name, "a number", value);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const bound =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw outOfRange(name, `an integer ${bound}`, value);
}

/** A number of milliseconds, not 0. */
export function checkTime(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw invalidArgumentType(name, "a number", value);
  if (value > 0 && value <= longestTime) return;
  throw outOfRange(name, "a positive number of milliseconds below 2 ** 31", value);
}

export function checkString(name: string, value: unknown): asserts value is string {
  if (typeof value !== "string") throw invalidArgumentType(name, "a string", value);
}

export function checkBoolean(name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw invalidArgumentType(name, "a boolean", value);
}

export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalidArgumentType(name, "a function", value);
}

export function checkIp(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "string" && isIP(value) !== 0)) return;
  throw invalidArgumentType(name, "an IP address", value);
}

/** What Node wants to be told for `keepAlive`, which is a time as well as a switch here. */
export function keepAliveOptions(keepAlive: unknown): {
  keepAlive: boolean;
  keepAliveInitialDelay: number;
} {
  if (typeof keepAlive !== "number") {
    checkBoolean("keepAlive", keepAlive);
    return { keepAlive: keepAlive === true, keepAliveInitialDelay: 0 };
  }
  checkTime("keepAlive", keepAlive);
  return { keepAlive: true, keepAliveInitialDelay: keepAlive };
}
