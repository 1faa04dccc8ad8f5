import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { invalidArgumentValue } from "./argument-text.ts";

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
  try {
    return (await promisify(execFile)("getent", [database, name])).stdout;
  } catch (error) {
    // Its own exit status is a number: no such entry.
    if ((error as { code?: unknown }).code !== "ENOENT") return "";
    return readFile(`/etc/${database}`, "utf8");
  }
}
