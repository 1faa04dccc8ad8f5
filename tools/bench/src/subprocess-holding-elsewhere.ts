import { createInterface } from "node:readline";
import {
  type Measure,
  type Start,
  buffers,
  holding,
  measures,
  program,
} from "./subprocess-holding.ts";

// The starts of Bun and Deno themselves, in a process of that runtime that holds 1 GiB.
interface Elsewhere {
  readonly Bun?: {
    spawn(command: readonly string[], options: object): { readonly exited: Promise<number> };
  };
  readonly Deno?: {
    Command: new (
      program: string,
      options: object,
    ) => { spawn(): { readonly status: Promise<unknown> } };
  };
}
const { Bun, Deno } = globalThis as Elsewhere;
const inherited = { stdin: "inherit", stdout: "inherit", stderr: "inherit" };

const start: Start = () => {
  if (Bun) return { end: Bun.spawn([program], inherited).exited };
  if (Deno) return { end: new Deno.Command(program, inherited).spawn().status };
  throw new Error("Cannot measure: this is neither Bun nor Deno");
};

const round = holding(buffers, measures[process.argv[2] as Measure](start));
for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await round()}\n`);
}
