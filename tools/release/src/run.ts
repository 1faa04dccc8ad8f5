import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, with a trailing slash. */
export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A file of the users' dependencies, by its path in `outside/node_modules`. */
export function outside(path: string): string {
  return fileURLToPath(new URL(`../outside/node_modules/${path}`, import.meta.url));
}

/** The published packages, in dependency order. */
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
 * The environment without the settings that npm and pnpm pass to their scripts. These would override
 * the rehearsal's npmrc, so that it would publish to the real registry. The compile cache makes the
 * compilers and package managers, which start about a hundred times, load faster.
 */
const outerEnv = {
  NODE_COMPILE_CACHE: outside(".cache/compiled"),
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name))),
};

/** Run a program to its end, whatever its exit code. */
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

/** Run a program that must succeed, and return its output. */
export async function run(
  folder: string,
  command: Command,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const { code, output } = await attempt(folder, command, env);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/** The pnpm that runs this program, or else the one that npx finds. */
export const pnpm: string = ownPnpm();

function ownPnpm(): string {
  const runner = process.env["npm_execpath"] ?? "";
  if (/^pnpm(?:\.exe)?$/.test(basename(runner))) return runner;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const args = ["--yes", "--prefer-offline", "--package", packageManager, "-c", "command -v pnpm"];
  return execFileSync("npx", args, { encoding: "utf8" }).trim();
}
