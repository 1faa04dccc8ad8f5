import { execFileSync } from "node:child_process";
import type { Command } from "./scenario.ts";

/** An interpreter, and the version of CPython or of uvloop. */
export interface Interpreter {
  readonly path: string;
  readonly version: string;
}

// The CPython version that the packages follow, under its possible names. pyenv's shims use the variable.
process.env["PYENV_VERSION"] ??= "3.13";
const candidates = [process.env["PYTHON"] ?? "python3.13", "python3", "/usr/bin/python3"];

const found = new Map<string, Interpreter | null>();

/** The first installed CPython 3.11 or later, or `null`. */
export function python(): Interpreter | null {
  return find("import sys; sys.version_info >= (3, 11) and print(sys.version.split()[0])");
}

/** The first one that can import uvloop. Debian's package works only with Debian's Python. */
export function uvloop(): Interpreter | null {
  return find("import uvloop; print(uvloop.__version__)");
}

/** A contender in `python/`. */
export function pythonCommand(file: string, ...args: readonly string[]): Command {
  return command(python, file, args);
}

/** The same, on uvloop. */
export function uvloopCommand(file: string, ...args: readonly string[]): Command {
  return command(uvloop, file, args);
}

function command(which: () => Interpreter | null, file: string, args: readonly string[]): Command {
  const program = new URL(`../python/${file}`, import.meta.url).pathname;
  return {
    // Lazy, so that contenders' processes do not look for interpreters.
    get command() {
      const interpreter = which();
      return interpreter === null ? undefined : [interpreter.path, program, ...args];
    },
  };
}

function find(program: string): Interpreter | null {
  const known = found.get(program);
  if (known !== undefined) return known;
  const interpreter = candidates
    .map((path) => ({ path, version: answer(path, program) }))
    .find(({ version }) => version !== "");
  found.set(program, interpreter ?? null);
  return interpreter ?? null;
}

function answer(path: string, program: string): string {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync(path, ["-c", program], { encoding: "utf8", stdio }).trim();
  } catch {
    return "";
  }
}
