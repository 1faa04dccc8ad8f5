import { runners } from "./subprocess-runners.ts";
import { type Task, roundOf } from "./subprocess-tasks.ts";

// Tries a task once, and prints the outcome in words.
const [task, name = ""] = process.argv.slice(2);
const runner = runners[name];
if (runner === undefined) throw new Error(`Cannot try ${name}: there is no such contender`);
process.on("uncaughtException", (error) => end(`crashes the program: ${firstLine(error)}`));
try {
  end(`takes ${(await roundOf(task as Task, runner)()).toFixed(0)}`);
} catch (error) {
  const { cause } = error as { cause?: unknown };
  end(`fails: ${firstLine(error)}${cause === undefined ? "" : ` (${firstLine(cause)})`}`);
}

function firstLine(error: unknown): string {
  return String(error).replace(/\n[^]*/, "");
}

// Exits even if the peer has left something running.
function end(words: string): never {
  console.log(words);
  process.exit();
}
