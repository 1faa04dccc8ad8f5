import { createInterface } from "node:readline";
import type { Scenario } from "./scenario.ts";

// A contender has a process to itself: neither the compiler's feedback nor the heap of one colors
// another's figures. It is asked for a round with a line on stdin and answers with a line on stdout,
// so the one that runs takes turns with the others, which sleep in their read.
const [file, exportName, contenderName] = process.argv.slice(2);
if (file === undefined || exportName === undefined || contenderName === undefined) {
  throw new Error("Cannot run a contender: name its file, its scenario and itself");
}
const module = (await import(file)) as Record<string, Scenario>;
const round = module[exportName]?.contenders[contenderName];
if (typeof round !== "function") {
  throw new TypeError(`Cannot run the contender ${contenderName}: it is not a function`);
}

for await (const _ of createInterface({ input: process.stdin })) {
  globalThis.gc?.();
  process.stdout.write(`${await round()}\n`);
}
