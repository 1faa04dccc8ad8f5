import { invalidArgumentType } from "@aio/errors";
import { checkedText, invalidArgumentValue } from "../argument-text.ts";

/** The environment of a process to be. A name whose value is `undefined` is left out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A copy of an environment, each name and value checked; inherited names count, as for Node. */
export function checkedEnvironment(env: unknown): Record<string, string> {
  if (typeof env !== "object" || env === null) throw invalidArgumentType("env", "an object", env);
  const checked: Record<string, string> = Object.create(null);
  for (const name in env) {
    const value: unknown = Reflect.get(env, name);
    if (value === undefined) continue;
    checkedText("env name", name);
    // The first `=` ends the name: `A=B` with value `C` would set A to `B=C`. Windows has its own
    // variables that begin with one.
    if (name === "" || name.includes("=", process.platform === "win32" ? 1 : 0)) {
      throw invalidArgumentValue(
        `Invalid env name ${JSON.stringify(name)}: it is empty or has a "="`,
      );
    }
    checked[name] = checkedText(`env.${name}`, value);
  }
  return checked;
}
