import { execFileSync } from "node:child_process";
import type { Command } from "./scenario.ts";

// The CPython whose behaviour the packages follow, by the names under which it may be found. A
// version manager's shims answer to the variable.
process.env["PYENV_VERSION"] ??= "3.13";
const candidates = [process.env["PYTHON"] ?? "python3.13", "python3", "/usr/bin/python3"];

let found: { path: string; version: string } | null | undefined;

/** The newest fitting CPython here, or `null`. */
export function python(): { path: string; version: string } | null {
  found ??= candidates.map(probe).find((answer) => answer !== null) ?? null;
  return found;
}

/** A contender that is a program in `python/`. */
export function pythonCommand(file: string, ...args: string[]): Command {
  const program = new URL(`../python/${file}`, import.meta.url).pathname;
  return {
    // Looked for when it is asked for, and not in every contender's process.
    get command() {
      const path = python()?.path;
      return path === undefined ? undefined : [path, program, ...args];
    },
  };
}

function probe(path: string): { path: string; version: string } | null {
  try {
    const program = "import sys; print('.'.join(map(str, sys.version_info[:3])))";
    const version = execFileSync(path, ["-c", program], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major === 3 && minor >= 11 ? { path, version } : null;
  } catch {
    return null;
  }
}
