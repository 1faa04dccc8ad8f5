import { createInterface } from "node:readline";
import type { Scenario } from "./scenario.ts";

// Each contender runs in a separate process, so that neither the compiler's feedback nor the heap of one
// affects another. A line on stdin requests a round; the answer is a line on stdout. The contenders take
// turns: all but one sleep in their reads.
const [file, exportName, contenderName] = process.argv.slice(2);
if (file === undefined || exportName === undefined || contenderName === undefined) {
  throw new Error("Cannot run a contender: the arguments are its file, its scenario and its name");
}
const module = (await import(file)) as Record<string, Scenario>;
const round = module[exportName]?.contenders[contenderName];
if (typeof round !== "function") {
  throw new TypeError(`Cannot run the contender ${contenderName}: it is not a function`);
}

for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await round()}\n`);
}
