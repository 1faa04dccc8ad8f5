import { readFileSync } from "node:fs";

/** The table rows and list items of a package's README. */
export function rowsOf(name: string): string[] {
  const path = new URL(`../../../packages/${name}/README.md`, import.meta.url);
  return readFileSync(path, "utf8").match(/^\|.*\|$|^- .*(?:\n {2}.*)*/gm) ?? [];
}
