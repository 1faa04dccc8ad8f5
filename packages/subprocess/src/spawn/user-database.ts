import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { invalidArgumentValue } from "../argument-text.ts";

type Database = "passwd" | "group";

/** The id of a user, by name. */
export function userId(name: string): Promise<number> {
  return idOf("passwd", name, "user");
}

/** The id of a group, by name. */
export function groupId(name: string): Promise<number> {
  return idOf("group", name, "group");
}

async function idOf(database: Database, name: string, word: string): Promise<number> {
  // Both databases have the name first and the id third.
  for (const line of (await entriesOf(database, name)).split("\n")) {
    const [entry, , id] = line.split(":");
    if (entry === name && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  throw invalidArgumentValue(`Unknown ${word}: ${name}`);
}

// getent knows all databases that the system is set up for, a directory in the network included.
async function entriesOf(database: Database, name: string): Promise<string> {
  const answer = await new Promise<string | undefined>((resolve) => {
    execFile("getent", [database, name], (error, stdout) => {
      // Where it is no program at all. An exit status of its own is a number: no such entry.
      resolve(error?.code === "ENOENT" ? undefined : stdout);
    });
  });
  return answer ?? readFileSync(`/etc/${database}`, "utf8");
}
