import { runners } from "./subprocess-runners.ts";
import { type Task, roundOf } from "./subprocess-tasks.ts";

// One try at a task, and how it ended, in words.
const [task, name = ""] = process.argv.slice(2);
const runner = runners[name];
if (runner === undefined) throw new Error(`Cannot try ${name}: it is not known`);
try {
  const figure = await roundOf(task as Task, runner)();
  console.log(`takes ${figure.toFixed(0)}`);
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split("\n");
  const { cause } = error as { cause?: unknown };
  const because = cause instanceof Error ? ` (${cause.message.split("\n")[0]})` : "";
  console.log(`fails: ${reason}${because}`);
}
// What a peer has left running does not keep us.
process.exit();
