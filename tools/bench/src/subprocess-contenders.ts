import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pythonCommand } from "./python.ts";
import type { Command, Contender } from "./scenario.ts";
import { runners } from "./subprocess-runners.ts";
import { type Task, roundOf } from "./subprocess-tasks.ts";

const path = (name: string): string => new URL(name, import.meta.url).pathname;
const runtimes = path("../../runtimes/node_modules");
const twin = "subprocess_twin.py";

/** A runtime of `tools/runtimes`, with these arguments; `undefined` where it is not installed. */
function installed(binary: string, ...args: readonly string[]): Command {
  const program = `${runtimes}/${binary}`;
  return { command: existsSync(program) ? [program, ...args] : undefined };
}

const elsewhere: Record<string, (task: Task) => Command> = {
  "CPython asyncio": (task) => pythonCommand(twin, "asyncio", task),
  uvloop: (task) => ({
    // Looked for when it is asked for, and not in every contender's process.
    get command() {
      const python = pythonWithUvloop();
      return python === undefined ? undefined : [python, path(`../python/${twin}`), "uvloop", task];
    },
  }),
  Bun: (task) => installed("bun/bin/bun", path("subprocess-elsewhere.ts"), task),
  Deno: (task) => {
    const flags = ["run", "-A", "--no-check", "--v8-flags=--expose-gc,--max-old-space-size=8192"];
    return installed("deno/deno", ...flags, path("subprocess-elsewhere.ts"), task);
  },
};

/** A task done by each of these. */
export function contenders(task: Task, names: readonly string[]): Record<string, Contender> {
  return Object.fromEntries(
    names.map((name) => {
      const runner = runners[name];
      const contender = runner === undefined ? elsewhere[name]?.(task) : roundOf(task, runner);
      if (contender === undefined) throw new Error(`Cannot measure ${name}: it is not known`);
      return [name, contender];
    }),
  );
}

/** One of a file's contenders, on another version of Node. */
export function onNode(major: number, file: string, exportName: string, name: string): Command {
  const program = path("contender-process.ts");
  return installed(`node${major}/bin/node`, "--expose-gc", program, file, exportName, name);
}

/**
 * Sentences on those that cannot do a task: each tries it once, in a process of its own, and what it
 * says then is the reason.
 */
export function failures(task: Task, names: readonly string[]): string {
  const flags = ["--expose-gc", "--max-old-space-size=8192"];
  const outcomes = names.map((name) => {
    const program = path("subprocess-attempt.ts");
    const answer = execFileSync(process.execPath, [...flags, program, task, name], {
      encoding: "utf8",
    });
    return `${name}: ${answer.trim()}.`;
  });
  return outcomes.join(" ");
}

// Debian's package is made for Debian's Python.
function pythonWithUvloop(): string | undefined {
  const candidates = [process.env["PYTHON"] ?? "python3.13", "python3", "/usr/bin/python3"];
  return candidates.find((name) => {
    try {
      execFileSync(name, ["-c", "import uvloop"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}
