/**
 * Create the error for an argument of the wrong type: a `TypeError` with Node's code
 * `ERR_INVALID_ARG_TYPE`.
 *
 * @param name - The argument or option, as the caller writes it.
 * @param expected - What was expected.
 * @param value - The actual value. The message shows primitives, and names the class of anything else.
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
 * Create the error for an argument of the right type that cannot be used: a `TypeError` with Node's code
 * `ERR_INVALID_ARG_VALUE`.
 *
 * For options that contradict each other, and for values that a message should not show.
 *
 * @param message - The whole message.
 *
 * @example Refuse options that contradict each other
 * ```ts
 * import { invalidArgumentValue } from "@aio/errors";
 *
 * const error = invalidArgumentValue("Cannot use serverHostname: it needs the option tls");
 * console.log(error.code); // ERR_INVALID_ARG_VALUE
 * ```
 */
export function invalidArgumentValue(message: string): TypeError & {
  /** `"ERR_INVALID_ARG_VALUE"`. */
  readonly code: string;
} {
  return withCode(new TypeError(message), "ERR_INVALID_ARG_VALUE");
}

/**
 * Create the error for a number or a length out of range: a `RangeError` with Node's code
 * `ERR_OUT_OF_RANGE`.
 *
 * @param name - The argument or option, as the caller writes it.
 * @param expected - What was expected.
 * @param value - The actual value.
 *
 * @example Refuse a negative limit
 * ```ts
 * import { outOfRange } from "@aio/errors";
 *
 * console.log(outOfRange("limit", "an integer of at least 1", -1).message);
 * // Invalid limit: expected an integer of at least 1, got -1
 * ```
 */
export function outOfRange(name: string, expected: string, value: unknown): RangeError {
  return withCode(new RangeError(messageOf(name, expected, value)), "ERR_OUT_OF_RANGE");
}

/**
 * Check that an argument is an integer in a range, and return it.
 *
 * @param name - The argument or option, as the caller writes it.
 * @param least - The smallest integer allowed.
 * @param most - The largest integer allowed.
 * @throws {TypeError} If `value` is not a number.
 * @throws {RangeError} If `value` is not an integer from `least` to `most`.
 *
 * @example Check a port
 * ```ts
 * import { checkedInteger } from "@aio/errors";
 *
 * console.log(checkedInteger("port", 8080, 0, 65_535)); // 8080
 * ```
 */
export function checkedInteger(
  name: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  const range =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw wrongNumber(name, `an integer ${range}`, value);
}

// Longer delays overflow the timers of Node and browsers, which then fire immediately.
const longestDelay = 2_147_483_647;

/**
 * Check that an argument is a delay in milliseconds that timers support, and return it.
 *
 * @param name - The argument or option, as the caller writes it.
 * @param least - The shortest time allowed, in milliseconds.
 * @throws {TypeError} If `value` is not a number.
 * @throws {RangeError} If `value` is not a number from `least` to 2,147,483,647.
 *
 * @example Check a grace period
 * ```ts
 * import { checkedMilliseconds } from "@aio/errors";
 *
 * console.log(checkedMilliseconds("graceMs", 5_000)); // 5000
 * ```
 */
export function checkedMilliseconds(name: string, value: unknown, least = 0): number {
  if (typeof value === "number" && value >= least && value <= longestDelay) return value;
  throw wrongNumber(name, `a number of milliseconds from ${least} to ${longestDelay}`, value);
}

/**
 * Check that an argument is a boolean, and return it.
 *
 * @param name - The argument or option, as the caller writes it.
 * @throws {TypeError} If `value` is not a boolean.
 *
 * @example Check a switch
 * ```ts
 * import { checkedBoolean } from "@aio/errors";
 *
 * console.log(checkedBoolean("keepAlive", true)); // true
 * ```
 */
export function checkedBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalidArgumentType(name, "a boolean", value);
}

/**
 * Check that an argument is a string, and return it.
 *
 * @param name - The argument or option, as the caller writes it.
 * @throws {TypeError} If `value` is not a string.
 *
 * @example Check a host name
 * ```ts
 * import { checkedString } from "@aio/errors";
 *
 * console.log(checkedString("host", "localhost")); // localhost
 * ```
 */
export function checkedString(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw invalidArgumentType(name, "a string", value);
}

/**
 * Check that an argument is a function, and return it.
 *
 * @param name - The argument or option, as the caller writes it.
 * @throws {TypeError} If `value` is not a function.
 *
 * @example Check a callback
 * ```ts
 * import { checkedFunction } from "@aio/errors";
 *
 * const onError = checkedFunction("onError", (error: unknown) => console.log(error));
 * onError("lost"); // lost
 * ```
 */
export function checkedFunction<F>(name: string, value: F): F {
  if (typeof value === "function") return value;
  throw invalidArgumentType(name, "a function", value);
}

/** A `TypeError` for anything but a number, and a `RangeError` for a number out of range. */
function wrongNumber(name: string, expected: string, value: unknown): TypeError | RangeError {
  const make = typeof value === "number" ? outOfRange : invalidArgumentType;
  return make(name, expected, value);
}

// Enumerable, as the codes of Node's errors are, because loggers copy enumerable properties.
function withCode<E extends Error>(error: E, code: string): E & { readonly code: string } {
  return Object.assign(error, { code });
}

function messageOf(name: string, expected: string, value: unknown): string {
  return `Invalid ${name}: expected ${expected}, got ${shown(value)}`;
}

// Shows primitives by value, truncated if long, and anything else by its class, since printing it
// could run its code. Even reading the class can do that: the traps of a proxy may throw.
function shown(value: unknown): string {
  try {
    return describe(value);
  } catch {
    return typeof value === "function" ? "a function" : "an object";
  }
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(cut(value));
    case "bigint":
      return `${cut(String(value))}n`;
    case "function":
      return named("the function", value.name) ?? "a function";
    case "object": {
      if (value === null) return "null";
      return (
        named("an instance of", Object.getPrototypeOf(value)?.constructor?.name) ?? "an object"
      );
    }
    default:
      return cut(String(value));
  }
}

function named(what: string, name: unknown): string | undefined {
  return typeof name === "string" && name !== "" ? `${what} ${cut(name)}` : undefined;
}

/** Shorten a text for a message. */
export function cut(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
