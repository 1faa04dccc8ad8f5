import { spawn } from "node:child_process";
import { once } from "node:events";
import { PIPE, createSubprocessExec } from "@aio/subprocess";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

// The cost of a start for a program that holds 1 GiB. Node uses fork(), which copies the program's page
// table and blocks the program meanwhile. The time depends on the kind of memory: fork() skips memory that
// V8 reserves itself.
const size = 2 ** 30;
const program = "/bin/true";

/** 1 GiB in different kinds of memory. */
const holders = {
  nothing: () => [],
  Buffers: () => Array.from({ length: 1024 }, () => Buffer.alloc(size / 1024, 1)),
  "V8 objects": () => Array.from({ length: size / 64 }, (_, index) => ({ index, twice: [index] })),
  "captured output": async () => {
    const args = ["-c", `${size}`, "/dev/zero"];
    return (await createSubprocessExec("head", args, { stdout: PIPE })).communicate();
  },
} satisfies Record<string, () => unknown>;

let held: Promise<unknown> | undefined;

/** A round in a process that holds 1 GiB from its first round on. */
function holding(kind: keyof typeof holders, round: Round): Round {
  return async () => {
    held ??= Promise.resolve(holders[kind]());
    await held;
    return round();
  };
}

interface Started {
  readonly end: Promise<unknown>;
}

const aio = async (): Promise<Started> => ({ end: (await createSubprocessExec(program)).wait() });
const node = async (): Promise<Started> => ({
  end: once(spawn(program, { stdio: "inherit" }), "exit"),
});

/** Milliseconds for which a start blocks the program, as the median of some starts. */
const blocked = (start: () => Promise<Started>) => async () => {
  const times: number[] = [];
  for (let count = 0; count < 15; count += 1) {
    const began = performance.now();
    const starting = start();
    times.push(performance.now() - began);
    await (
      await starting
    ).end;
  }
  return times.toSorted((a, b) => a - b)[7] ?? Number.NaN;
};

/** Milliseconds per process, 16 at once. */
const throughput = (start: () => Promise<Started>) => async () => {
  const began = performance.now();
  await Promise.all(Array.from({ length: 16 }, async () => (await start()).end));
  return (performance.now() - began) / 16;
};

const subject = "@aio/subprocess, captured output";

function contenders(measure: (start: () => Promise<Started>) => Round, task: string) {
  return {
    "@aio/subprocess, nothing held": holding("nothing", measure(aio)),
    [subject]: holding("captured output", measure(aio)),
    "@aio/subprocess, V8 objects": holding("V8 objects", measure(aio)),
    "@aio/subprocess, Buffers": holding("Buffers", measure(aio)),
    "node:child_process, V8 objects": holding("V8 objects", measure(node)),
    "node:child_process, Buffers": holding("Buffers", measure(node)),
    "CPython asyncio, bytes": pythonCommand("subprocess_twin.py", "asyncio", task),
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
  contenders: contenders(blocked, "start_holding"),
});

export const runsWhileHolding = scenario({
  ...shared,
  title: "Run /bin/true while holding 1 GiB, 16 at once",
  unit: "ms per process",
  contenders: contenders(throughput, "run_holding"),
});
