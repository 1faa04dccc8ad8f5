import { spawn } from "node:child_process";
import { once } from "node:events";
import { PIPE, createSubprocessExec } from "@aio/subprocess";
import { pythonCommand } from "./python.ts";
import { type Contender, type Round, scenario } from "./scenario.ts";
import { inRuntime } from "./subprocess-contenders.ts";
import {
  type Measure,
  type Start,
  type Started,
  buffers,
  holding,
  measures,
  program,
  size,
} from "./subprocess-holding.ts";

// The cost of a start for a program that holds 1 GiB. Node uses fork(), which copies the program's page
// table and blocks the program meanwhile. The time depends on the kind of memory: fork() skips memory that
// V8 reserves itself.

/** 1 GiB in different kinds of memory. */
const holders = {
  nothing: () => [],
  Buffers: buffers,
  // 105 bytes each, with its array and its place in the list.
  "V8 objects": () =>
    Array.from({ length: Math.floor(size / 105) }, (_, index) => ({ index, twice: [index] })),
  "captured output": async () => {
    const args = ["-c", `${size}`, "/dev/zero"];
    return (await createSubprocessExec("head", args, { stdout: PIPE })).communicate();
  },
} satisfies Record<string, () => unknown>;

const aio = async (): Promise<Started> => ({ end: (await createSubprocessExec(program)).wait() });
const node = async (): Promise<Started> => ({
  end: once(spawn(program, { stdio: "inherit" }), "exit"),
});

const subject = "@aio/subprocess, captured output";

function contenders(measure: Measure, task: string): Record<string, Contender> {
  const round = (kind: keyof typeof holders, start: Start): Round =>
    holding(holders[kind], measures[measure](start));
  const elsewhere = new URL("subprocess-holding-elsewhere.ts", import.meta.url).pathname;
  return {
    "@aio/subprocess, nothing held": round("nothing", aio),
    [subject]: round("captured output", aio),
    "@aio/subprocess, V8 objects": round("V8 objects", aio),
    "@aio/subprocess, Buffers": round("Buffers", aio),
    "node:child_process, V8 objects": round("V8 objects", node),
    "node:child_process, Buffers": round("Buffers", node),
    "CPython asyncio, bytes": pythonCommand("subprocess_twin.py", "asyncio", task),
    "Bun, Buffers": inRuntime("Bun", elsewhere, measure),
    "Deno, Buffers": inRuntime("Deno", elsewhere, measure),
  };
}

const shared = {
  subject,
  rounds: 3,
  warmUps: 1,
  aims: { "@aio/subprocess, nothing held": 2, "node:child_process, Buffers": 0.1 },
} as const;

export const blockedByStart = scenario({
  ...shared,
  title: "Start /bin/true while holding 1 GiB: time blocked",
  unit: "ms per start",
  note: "CPython's figure is all of create_subprocess_exec(), which does not use fork().",
  contenders: contenders("blocked", "start_holding"),
});

export const runsWhileHolding = scenario({
  ...shared,
  title: "Run /bin/true while holding 1 GiB, 16 at once",
  unit: "ms per process",
  contenders: contenders("throughput", "run_holding"),
});
