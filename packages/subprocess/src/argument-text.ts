import { fileURLToPath } from "node:url";
import { invalidArgumentType } from "@aio/errors";

// A NUL would cut the text short on its way to the child. A lone surrogate has no UTF-8 form: Node
// would send U+FFFD for it without a word, another text than the caller's.
const unsendable = /[\0\p{Surrogate}]/u;

/** A `TypeError` for a value that can be no value here. It does not show it: it may be a secret. */
export function invalidArgumentValue(message: string): TypeError {
  return Object.defineProperty(new TypeError(message), "code", {
    value: "ERR_INVALID_ARG_VALUE",
    configurable: true,
    writable: true,
  });
}

/** Refuse what is not a string, and a string that would not reach the child as it is. */
export function checkedText(name: string, value: unknown): string {
  if (typeof value !== "string") throw invalidArgumentType(name, "a string", value);
  if (!unsendable.test(value)) return value;
  throw invalidArgumentValue(
    `Invalid ${name}: expected a string without NUL characters and lone surrogates`,
  );
}

/** The same for what may be a `file:` URL; the empty string is no path. */
export function checkedPath(name: string, value: unknown): string {
  if (typeof value !== "string" && !(value instanceof URL)) {
    throw invalidArgumentType(name, "a string or a file: URL", value);
  }
  const path = checkedText(name, typeof value === "string" ? value : fileURLToPath(value));
  if (path === "") throw invalidArgumentValue(`Invalid ${name}: expected a path, got ""`);
  return path;
}
