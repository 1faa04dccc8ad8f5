import { invalidArgumentType, invalidArgumentValue } from "@aio/errors";
import { builtin } from "../platform.ts";

/** The environment of a new process. A name whose value is `undefined` is left out. */
export type Environment = Readonly<Record<string, string | undefined>>;

// A NUL would truncate the text on its way to the child. A lone surrogate cannot be encoded as
// UTF-8: Node would silently send U+FFFD instead, so the child would get a different text.
const unsendable = /[\0\p{Surrogate}]/u;

/** Check a string that must reach the child unchanged. Errors never show it: it may be secret. */
export function checkedText(name: string, value: unknown): string {
  if (typeof value !== "string") throw invalidArgumentType(name, "a string", value);
  if (!unsendable.test(value)) return value;
  throw invalidArgumentValue(
    `Invalid ${name}: expected a string without NUL characters or lone surrogates`,
  );
}

/** Check a path, or a `file:` URL, which becomes one. */
export function checkedPath(name: string, value: unknown): string {
  if (typeof value !== "string" && !(value instanceof URL)) {
    throw invalidArgumentType(name, "a string or a file: URL", value);
  }
  const path = checkedText(
    name,
    typeof value === "string" ? value : builtin("url").fileURLToPath(value),
  );
  if (path === "") throw invalidArgumentValue(`Invalid ${name}: expected a path, got ""`);
  return path;
}

/** Check an environment, and copy it. Inherited properties count, as they do for Node. */
export function checkedEnvironment(env: unknown): Record<string, string> {
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    throw invalidArgumentType("env", "an object", env);
  }
  const checked: Record<string, string> = Object.create(null);
  for (const name in env) {
    const value: unknown = Reflect.get(env, name);
    if (value === undefined) continue;
    checkedText("env name", name);
    // The first `=` ends the name: `A=B` with the value `C` would set A to `B=C`. On Windows, some of
    // the system's variables begin with one.
    if (name === "" || name.includes("=", process.platform === "win32" ? 1 : 0)) {
      throw invalidArgumentValue(
        `Invalid env name ${JSON.stringify(name)}: it is empty or contains "="`,
      );
    }
    checked[name] = checkedText(`env.${name}`, value);
  }
  return checked;
}
