import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "./run.ts";

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

/** The commit that is checked out. */
export function commit(): string {
  return git("rev-parse", "HEAD");
}

/** Whether everything is committed. */
export function isClean(): boolean {
  return git("status", "--porcelain") === "";
}

/** The file in which `npm test` records the commit that passed; in .git, so never committed. */
export function testedFile(): string {
  return resolve(root, git("rev-parse", "--git-path", "aio-tested"));
}

/** The reasons not to release the current state. */
export function objections(): string[] {
  const branch = git("branch", "--show-current");
  const file = testedFile();
  const tested = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return [
    ...(isClean() ? [] : ["some changes are not committed"]),
    ...(branch === "main" ? [] : [`the branch is ${branch === "" ? "none" : branch}, not main`]),
    ...(tested === commit() ? [] : ["npm test has not passed on this commit"]),
  ];
}
