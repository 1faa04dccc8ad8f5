import { execFileSync } from "node:child_process";
import { pythonCommand, uvloopCommand } from "./python.ts";
import { onRuntime } from "./runtimes.ts";
import type { Command, Contender } from "./scenario.ts";
import { runners } from "./subprocess-runners.ts";
import { type Task, roundOf } from "./subprocess-tasks.ts";

const path = (name: string): string => new URL(name, import.meta.url).pathname;
const twin = "subprocess_twin.py";

/** A program in another runtime. */
export function inRuntime(
  name: Parameters<typeof onRuntime>[0],
  ...args: readonly string[]
): Command {
  const start = onRuntime(name);
  return { command: start && [...start, ...args] };
}

const elsewhere: Record<string, (task: Task) => Command> = {
  "CPython asyncio": (task) => pythonCommand(twin, "asyncio", task),
  uvloop: (task) => uvloopCommand(twin, "uvloop", task),
  Bun: (task) => inRuntime("Bun", path("subprocess-elsewhere.ts"), task),
  Deno: (task) => inRuntime("Deno", path("subprocess-elsewhere.ts"), task),
};

/** Contenders that perform a task. */
export function contenders(task: Task, names: readonly string[]): Record<string, Contender> {
  return Object.fromEntries(
    names.map((name) => {
      const runner = runners[name];
      const contender = runner === undefined ? elsewhere[name]?.(task) : roundOf(task, runner);
      if (contender === undefined)
        throw new Error(`Cannot measure ${name}: there is no such contender`);
      return [name, contender];
    }),
  );
}

/** A contender of a file, on another version of Node. */
export function onNode(major: number, file: string, exportName: string, name: string): Command {
  return inRuntime(`Node ${major}`, path("contender-process.ts"), file, exportName, name);
}

/**
 * Sentences that say how these contenders fail at a task. Each tries it once in a separate process.
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
