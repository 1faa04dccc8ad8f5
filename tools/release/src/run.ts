import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this repository is, with a slash at its end. */
export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A file among what users have, by its path in `outside/node_modules`. */
export function outside(path: string): string {
  return fileURLToPath(new URL(`../outside/node_modules/${path}`, import.meta.url));
}

/** The published packages, in the order of their dependencies. */
export const packageNames = ["errors", "sync", "streams", "subprocess"] as const;

export type PackageName = (typeof packageNames)[number];

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** How a program ended, and what it printed. */
export interface Result {
  readonly code: number;
  readonly output: string;
}

/**
 * The environment that the user's shell has. npm and pnpm hand all their settings to what they run, and
 * these win over a file of settings: a rehearsed release would go to the real registry.
 */
const outerEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name)),
);

/** Run a program to its end, whatever its exit code is. */
export function attempt(
  folder: string,
  [program, ...args]: Command,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Result> {
  const options = { cwd: folder, env: { ...outerEnv, ...env }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : Number(error !== null);
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Run a program that has to succeed, and return what it printed. */
export async function run(
  folder: string,
  command: Command,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const { code, output } = await attempt(folder, command, env);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/** The pnpm of this repository: the one that runs this program, or else the one that npx finds. */
export const pnpm: string = ownPnpm();

function ownPnpm(): string {
  const runner = process.env["npm_execpath"] ?? "";
  if (/^pnpm(?:\.exe)?$/.test(basename(runner))) return runner;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const args = ["--yes", "--prefer-offline", "--package", packageManager, "-c", "command -v pnpm"];
  return execFileSync("npx", args, { encoding: "utf8" }).trim();
}
