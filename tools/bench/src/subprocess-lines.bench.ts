import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PIPE, createSubprocessExec } from "@aio/subprocess";
import { execa } from "execa";
import { x } from "tinyexec";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

const many = 5_000_000;
const fewer = 500_000;
// As fast as a pipe goes, so that the reader is what is measured.
const source = (count: number) => ["-c", `yes a line of a few words | head -n ${count}`] as const;
const stdio = ["ignore", "pipe", "inherit"] as const;

const nanosecondsEach =
  (count: number, read: (count: number) => Promise<number>): Round =>
  async () => {
    const start = performance.now();
    const seen = await read(count);
    const elapsed = performance.now() - start;
    if (seen !== count) throw new Error(`Got ${seen} lines of ${count}`);
    return (elapsed * 1e6) / count;
  };

async function counted(iterable: AsyncIterable<{ length: number }>): Promise<number> {
  let seen = 0;
  for await (const line of iterable) seen += line.length > 0 ? 1 : 0;
  return seen;
}

export const lines = scenario({
  title: "Read 5,000,000 short lines of a process, one by one",
  unit: "ns per line",
  subject: "@aio/subprocess",
  rounds: 3,
  aims: { "node:readline": 1 / 1.1, tinyexec: 0.5, execa: 0.2, "CPython asyncio": 1 / 8 },
  note: "As bytes for us and for CPython, as text for the others, some of which read a tenth of it.",
  contenders: {
    "node:readline": nanosecondsEach(many, async (count) => {
      const child = spawn("sh", source(count), { stdio: [...stdio] });
      let seen = 0;
      const reader = createInterface({ input: child.stdout ?? process.stdin });
      reader.on("line", () => (seen += 1));
      await new Promise((resolve) => reader.on("close", resolve));
      return seen;
    }),
    "node:readline, for await": nanosecondsEach(many, (count) => {
      const child = spawn("sh", source(count), { stdio: [...stdio] });
      return counted(createInterface({ input: child.stdout ?? process.stdin }));
    }),
    "@aio/subprocess": nanosecondsEach(many, async (count) => {
      const child = await createSubprocessExec("sh", source(count), { stdout: PIPE });
      return counted(child.stdout);
    }),
    "@aio/subprocess, as text": nanosecondsEach(many, async (count) => {
      const child = await createSubprocessExec("sh", source(count), { stdout: PIPE });
      return counted(child.stdout.lines());
    }),
    "@aio/subprocess, readlineNowait": nanosecondsEach(many, async (count) => {
      const { stdout } = await createSubprocessExec("sh", source(count), { stdout: PIPE });
      for (let seen = 0; ; seen += 1) {
        // oxlint-disable-next-line no-await-in-loop -- it waits only where nothing has come
        const line = stdout.readlineNowait() ?? (await stdout.readline());
        if (line.length === 0) return seen;
      }
    }),
    tinyexec: nanosecondsEach(fewer, (count) => counted(x("sh", [...source(count)]))),
    execa: nanosecondsEach(fewer, (count) =>
      counted(execa("sh", source(count), { buffer: false })),
    ),
    "CPython asyncio": pythonCommand("subprocess_twin.py", "lines", `${fewer}`),
  },
});
