/**
 * The error for an argument of the wrong kind, as all `@aio` packages word it: a `TypeError` whose
 * `code` is Node's `ERR_INVALID_ARG_TYPE`.
 *
 * @param name - The argument or option, as the caller wrote it.
 * @param expected - What it has to be.
 * @param value - What was given: the message names it.
 *
 * @example Refuse a number
 * ```ts
 * import { invalidArgumentType } from "@aio/errors";
 *
 * console.log(invalidArgumentType("signal", "an AbortSignal", 5).message);
 * // Invalid signal: expected an AbortSignal, got 5
 * ```
 */
export function invalidArgumentType(name: string, expected: string, value: unknown): TypeError {
  return withCode(new TypeError(messageOf(name, expected, value)), "ERR_INVALID_ARG_TYPE");
}

/**
 * The error for a number or a length out of range, as all `@aio` packages word it: a `RangeError`
 * whose `code` is Node's `ERR_OUT_OF_RANGE`.
 *
 * @param name - The argument or option, as the caller wrote it.
 * @param expected - What it has to be.
 * @param value - What was given: the message names it.
 *
 * @example Refuse a negative limit
 * ```ts
 * import { outOfRange } from "@aio/errors";
 *
 * console.log(outOfRange("limit", "a positive integer", -1).message);
 * // Invalid limit: expected a positive integer, got -1
 * ```
 */
export function outOfRange(name: string, expected: string, value: unknown): RangeError {
  return withCode(new RangeError(messageOf(name, expected, value)), "ERR_OUT_OF_RANGE");
}

function withCode<E extends Error>(error: E, code: string): E {
  return Object.defineProperty(error, "code", { value: code, configurable: true, writable: true });
}

function messageOf(name: string, expected: string, value: unknown): string {
  return `Invalid ${name}: expected ${expected}, got ${shown(value)}`;
}

// Primitives by their value, cut where it gets long; anything else by its kind, since showing it
// could run code of its own.
function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object": {
      if (value === null) return "null";
      const { name } = Object.getPrototypeOf(value)?.constructor ?? {};
      return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an object";
    }
    default:
      return String(value);
  }
}
