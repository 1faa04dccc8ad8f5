import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of the repository, with a trailing slash. */
export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The published packages: folders in `packages`, in dependency order. */
export const packageNames = ["errors", "sync", "streams", "subprocess"] as const;

export type PackageName = (typeof packageNames)[number];

const chosen = process.env["AIO_PACKAGE"];

/** The package that AIO_PACKAGE names, or all four. */
export const checkedPackages: readonly PackageName[] = packageNames.filter(
  (name) => chosen === undefined || chosen === name,
);

/** File contents by path from the root. Checks take them as a parameter, so that tests can vary them. */
export type Texts = ReadonlyMap<string, string>;

export function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/** The paths of all files that are in the repository, or would be after `git add .`. */
export function repositoryFiles(): string[] {
  const listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard");
  return [...new Set(listed.split("\0"))].filter((file) => file !== "" && existsSync(root + file));
}

/** The text of one file, by its path from the root. */
export function textOf(file: string): string {
  return readFileSync(root + file, "utf8");
}

/** The contents of the files whose path matches. */
export function textsOf(pattern: RegExp): Texts {
  const files = repositoryFiles().filter((file) => pattern.test(file));
  return new Map(files.map((file) => [file, textOf(file)]));
}

/** The package.json of a workspace package, by its folder. */
export function manifestOf(folder: string): Record<string, unknown> {
  return JSON.parse(textOf(`${folder}/package.json`)) as Record<string, unknown>;
}
