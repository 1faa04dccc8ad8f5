import type { ChildProcess } from "node:child_process";
import { Pending, invalidArgumentValue } from "@aio/errors";
import { builtin } from "../platform.ts";

type Database = "passwd" | "group";

/** Look up the id of a user or a group by name. */
export async function idOf(
  word: "group" | "user",
  name: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const database = word === "user" ? "passwd" : word;
  // Both databases have the name first and the id third.
  for (const line of (await entriesOf(database, name, signal)).split("\n")) {
    const [entry, , id] = line.split(":");
    if (entry === name && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  throw invalidArgumentValue(`Unknown ${word}: ${name}`);
}

// getent queries every database that the system is configured for, including network directories,
// which may be slow to answer.
async function entriesOf(
  database: Database,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  let getent: ChildProcess | undefined;
  const answer = new Pending<string | undefined>(signal, {
    activity: `looking up ${name}`,
    onSettled: () => getent?.kill(),
  });
  try {
    const { execFile } = builtin("child_process");
    getent = execFile("getent", [database, name], (error, stdout) => {
      const code: unknown = error?.code;
      // A string is the reason why getent did not start. A number is its exit status: no such entry.
      if (typeof code !== "string") answer.resolve(stdout);
      else if (code === "ENOENT") answer.resolve(undefined);
      else answer.reject(error);
    });
  } catch (error) {
    // --permission may forbid child processes.
    answer.reject(error);
  }
  return (await answer.promise) ?? builtin("fs").readFileSync(`/etc/${database}`, "utf8");
}
