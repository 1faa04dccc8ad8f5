import { cut, invalidArgumentType, invalidArgumentValue } from "./arguments.ts";
import { signalFrom, isSignal } from "./signal.ts";

/** Options of every waiting call, its last argument. */
export interface WaitOptions {
  /**
   * Ends the wait when it aborts. `null` and `undefined` mean no signal.
   *
   * @defaultValue undefined
   */
  readonly signal?: AbortSignal | null | undefined;
}

/** The names of the options that a call takes, made by {@link optionNames}. */
export interface OptionNames {
  /** The options of this call. */
  readonly known: ReadonlySet<string>;
  /** Names that this call does not take, and what to use instead. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

/**
 * List the options that a call takes, for {@link checkedOptions}.
 *
 * @param names - The options of the call.
 * @param elsewhere - Option names of other APIs, and what to use instead. Misspelled names,
 * `snake_case` and `timeout` get a hint without an entry here.
 *
 * @example Give a hint for Python's name of an option
 * ```ts
 * import { checkedOptions, optionNames } from "@aio/errors";
 *
 * const names = optionNames(["tls", "serverHostname"], { ssl: "tls" });
 * try {
 *   checkedOptions({ ssl: true }, names);
 * } catch (error) {
 *   console.log((error as Error).message); // Unknown option: ssl; use tls
 * }
 * ```
 */
export function optionNames(
  names: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): OptionNames {
  return { known: new Set(names), elsewhere: new Map(Object.entries(elsewhere)) };
}

const none: object = Object.freeze({});

/**
 * Check that a call's options are an object with no unknown names, and return them.
 *
 * Only the object's own enumerable names count, so an instance of a class works, such as an
 * `AbortController` for `{ signal }`.
 *
 * @returns `options`, or an empty object if they are `undefined`.
 * @throws {TypeError} If `options` is `null`, an array, a function or a signal (its code is
 * `ERR_INVALID_ARG_TYPE`), or has an option that is not among `names` (`ERR_INVALID_ARG_VALUE`; the
 * message says which option to use instead, where there is one).
 *
 * @example Refuse an option that would be ignored
 * ```ts
 * import { checkedOptions, optionNames } from "@aio/errors";
 *
 * const names = optionNames(["limit"]);
 * try {
 *   checkedOptions({ limti: 5 }, names);
 * } catch (error) {
 *   console.log((error as Error).message); // Unknown option: limti; use limit
 * }
 * ```
 */
export function checkedOptions<O extends object>(
  options: O | undefined,
  names: OptionNames,
): Partial<O> {
  if (options === undefined) return none;
  let own: readonly string[] | undefined;
  try {
    // An AbortController can be passed as { signal }. Object.keys() takes 7 ns for one, and 11 ns
    // for { signal }. for-in takes 350 ns for one, because the names on its prototype are enumerable.
    if (typeof options === "object" && !Array.isArray(options)) own = Object.keys(options);
  } catch {
    // null is refused, and so is a proxy that throws when its names are listed.
  }
  if (own === undefined) throw invalidArgumentType("options", "an object", options);
  for (const name of own) if (!names.known.has(name)) throw unknownOption(name, names);
  // A signal was passed instead of { signal }. Its properties are on its prototype.
  if (own.length === 0 && isSignal(options)) {
    throw invalidArgumentType("options", "an object such as { signal }", options);
  }
  return options;
}

const waitOptionNames = optionNames(["signal"]);

/**
 * Return the signal among a call's options, if there is one.
 *
 * @param names - The options of the call; those of {@link WaitOptions} by default.
 * @throws {TypeError} If `options` is not an object or has an unknown option (see
 * {@link checkedOptions}), or if `options.signal` is neither a signal nor `null` nor `undefined` (its
 * code is `ERR_INVALID_ARG_TYPE`).
 *
 * @example Check the signal first
 * ```ts
 * import { cancellationError, signalOf, type WaitOptions } from "@aio/errors";
 *
 * async function fetchAnswer(options?: WaitOptions): Promise<number> {
 *   const signal = signalOf(options);
 *   if (signal?.aborted) throw cancellationError(signal, "waiting for the answer");
 *   return 42;
 * }
 * console.log(await fetchAnswer()); // 42
 * ```
 */
export function signalOf(
  options: WaitOptions | undefined,
  names: OptionNames = waitOptionNames,
): AbortSignal | undefined {
  const checked =
    names === waitOptionNames && isWaitOptions(options)
      ? options
      : checkedOptions<WaitOptions>(options, names);
  return signalFrom(checked.signal);
}

/**
 * Whether `options` is an object literal whose only name is `signal`. Anything else is left to
 * {@link checkedOptions}.
 *
 * It saves most waits the array of Object.keys(): 9 of 15 ns, and 50 bytes. The constructor is the
 * cheapest way to recognize a literal; on other objects, for-in can be slow.
 */
function isWaitOptions(options: WaitOptions | undefined): options is WaitOptions {
  try {
    if (options?.constructor !== Object) return false;
    for (const name in options) if (name !== "signal") return false;
    return "signal" in options;
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}

function unknownOption(name: string, names: OptionNames): TypeError {
  // No option name is longer, and comparing a huge name would take long.
  const short = cut(name);
  const hint = whatToUse(short, names);
  const advice = hint === undefined ? "" : `; use ${hint}`;
  return invalidArgumentValue(`Unknown option: ${short}${advice}`);
}

function whatToUse(name: string, { known, elsewhere }: OptionNames): string | undefined {
  const plain = folded(name);
  for (const [foreign, hint] of elsewhere) if (folded(foreign) === plain) return hint;
  for (const option of known) if (folded(option) === plain) return option;
  if (known.has("signal")) {
    if (plain.startsWith("timeout")) return "signal: AbortSignal.timeout(milliseconds)";
    if (plain === "abortsignal") return "signal";
  }
  for (const option of known) if (isSlip(plain, folded(option))) return option;
  return undefined;
}

// Equates the spellings server_hostname, serverHostname and server-hostname.
const folded = (name: string): string => name.replaceAll(/[_-]/g, "").toLowerCase();

/** Whether two names differ by one added, missing or wrong letter, or by two swapped letters. */
function isSlip(name: string, option: string): boolean {
  let start = 0;
  while (start < name.length && name[start] === option[start]) start += 1;
  const [is, ought] = [name.slice(start), option.slice(start)];
  const [rest, oughtRest] = [is.slice(1), ought.slice(1)];
  if (rest === oughtRest || rest === ought || is === oughtRest) return true;
  return `${is[1]}${is[0]}${is.slice(2)}` === ought;
}
