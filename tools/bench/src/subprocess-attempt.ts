import { runners } from "./subprocess-runners.ts";
import { type Task, roundOf } from "./subprocess-tasks.ts";

// One try at a task, and how it ended, in words.
const [task, name = ""] = process.argv.slice(2);
const runner = runners[name];
if (runner === undefined) throw new Error(`Cannot try ${name}: it is not known`);
process.on("uncaughtException", (error) => end(`ends the program: ${firstLine(error)}`));
try {
  end(`takes ${(await roundOf(task as Task, runner)()).toFixed(0)}`);
} catch (error) {
  const { cause } = error as { cause?: unknown };
  end(`fails: ${firstLine(error)}${cause === undefined ? "" : ` (${firstLine(cause)})`}`);
}

function firstLine(error: unknown): string {
  return String(error).replace(/\n[^]*/, "");
}

// What a peer has left running does not keep us.
function end(words: string): never {
  console.log(words);
  process.exit();
}
