import { readFileSync } from "node:fs";

/** The rows of the tables in a package's README, and the items of its lists. */
export function rowsOf(name: string): string[] {
  const path = new URL(`../../../packages/${name}/README.md`, import.meta.url);
  return readFileSync(path, "utf8").match(/^\|.*\|$|^- .*(?:\n {2}.*)*/gm) ?? [];
}
