import { readFileSync, writeFileSync } from "node:fs";
import type { Round } from "./scenario.ts";

/** The operations that a contender must implement for the tasks. */
export interface Runner {
  /** Run a program that inherits the parent's streams, and wait for it. */
  readonly run: (program: string) => PromiseLike<unknown>;
  /** Run a program, send it `input`, and capture all of its output. */
  readonly take: (
    program: string,
    args: readonly string[],
    input?: Uint8Array | string,
  ) => PromiseLike<{ readonly length: number }>;
  /** Read the lines that a shell command prints, and count them. */
  readonly count: (command: string) => Promise<number>;
  /** Whether input and output are strings. */
  readonly text?: boolean;
  /** Whether it reads only a tenth of the lines, so that a round does not take minutes. */
  readonly slowLines?: boolean;
}

const MiB = 2 ** 20;
const captured = 512 * MiB;
const mergedSize = 128 * MiB;
const through = 256 * MiB;
const head = (size: number) => ["head", ["-c", `${size}`, "/dev/zero"]] as const;

let input: Buffer | undefined;
let inputText: string | undefined;
// Created on demand, since other tasks measure memory, and only once, since it is not measured.
const inputBytes = () => (input ??= Buffer.alloc(through, "0123456789abcdef"));
const inputFor = ({ text = false }: Runner) =>
  text ? (inputText ??= inputBytes().toString("latin1")) : inputBytes();

/** The tasks by name. Figures are milliseconds unless stated otherwise. */
export const tasks = {
  sequential: (runner: Runner) =>
    milliseconds(50, () => oneByOne(50, () => runner.run("/bin/true"))),
  concurrent: (runner: Runner) =>
    milliseconds(200, () => atOnce(200, () => runner.run("/bin/true"))),
  echo: (runner: Runner) =>
    milliseconds(50, () => oneByOne(50, () => runner.take("echo", ["hello"]))),
  capture: (runner: Runner) =>
    milliseconds(1, () => whole(captured, runner.take(...head(captured)))),
  merged: (runner: Runner) =>
    milliseconds(1, () => whole(mergedSize, runner.take(...head(mergedSize)))),
  /** MiB. */
  memory: async (runner: Runner) => {
    forgetPeak();
    await whole(captured, runner.take(...head(captured)));
    return peak();
  },
  through: async (runner: Runner) => {
    const given = inputFor(runner);
    return milliseconds(1, () => whole(through, runner.take("cat", [], given)));
  },
  /** Nanoseconds per line. */
  lines: async (runner: Runner) => {
    const asked = runner.slowLines === true ? 500_000 : 5_000_000;
    // Writes as fast as the pipe allows, so that the reader is what is measured.
    const command = `yes a line of a few words | head -n ${asked}`;
    const each = await milliseconds(asked, async () => {
      const seen = await runner.count(command);
      if (seen !== asked) throw new Error(`Got ${seen} of ${asked} lines`);
    });
    return each * 1e6;
  },
} satisfies Record<string, (runner: Runner) => Promise<number>>;

export type Task = keyof typeof tasks;

export function roundOf(task: Task, runner: Runner): Round {
  return () => {
    // The garbage of earlier rounds would be in the memory that fork() goes through.
    globalThis.gc?.();
    return tasks[task](runner);
  };
}

// Wall-clock time, since the wait is for other processes.
async function milliseconds(count: number, batch: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await batch();
  return (performance.now() - start) / count;
}

async function oneByOne(count: number, run: () => PromiseLike<unknown>): Promise<void> {
  for (let done = 0; done < count; done += 1) await run();
}

async function atOnce(count: number, run: () => PromiseLike<unknown>): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function whole(size: number, taken: PromiseLike<{ readonly length: number }>): Promise<void> {
  const { length } = await taken;
  if (length !== size) throw new Error(`Got ${length} of ${size} bytes without an error`);
}

// Only Linux can reset the peak; on other systems it covers all rounds so far.
function forgetPeak(): void {
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
}

function peak(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
