import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PIPE, createSubprocessExec } from "@aio/subprocess";
import { execa } from "execa";
import { x } from "tinyexec";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

const count = 5_000_000;
const fewer = 500_000;
const args = (lines: number) => ["-f", "%.0f is a line", `${lines}`];

const nanosecondsEach =
  (lines: number, read: (lines: number) => Promise<number>): Round =>
  async () => {
    const start = performance.now();
    const seenLines = await read(lines);
    const elapsed = performance.now() - start;
    if (seenLines !== lines) throw new Error(`Got ${seenLines} lines of ${lines}`);
    return (elapsed * 1e6) / lines;
  };

async function counted(lines: AsyncIterable<unknown>): Promise<number> {
  let seen = 0;
  for await (const _ of lines) seen += 1;
  return seen;
}

export const lines = scenario({
  title: "Read 5,000,000 lines of seq, one by one",
  unit: "ns per line",
  subject: "@aio/subprocess",
  rounds: 3,
  aims: { "node:readline": 1 / 1.1, tinyexec: 0.5, execa: 0.2, "CPython asyncio": 1 / 8 },
  note: "Bytes for us and for CPython, text for the others. tinyexec and execa read a tenth of it.",
  contenders: {
    "node:readline": nanosecondsEach(count, async (lines) => {
      const child = spawn("seq", args(lines), { stdio: ["ignore", "pipe", "inherit"] });
      let seen = 0;
      const reader = createInterface({ input: child.stdout });
      reader.on("line", () => (seen += 1));
      await new Promise((resolve) => reader.on("close", resolve));
      return seen;
    }),
    "node:readline, for await": nanosecondsEach(fewer, async (lines) => {
      const child = spawn("seq", args(lines), { stdio: ["ignore", "pipe", "inherit"] });
      return counted(createInterface({ input: child.stdout }));
    }),
    "@aio/subprocess": nanosecondsEach(count, async (lines) => {
      const child = await createSubprocessExec("seq", args(lines), { stdout: PIPE });
      return counted(child.stdout);
    }),
    "@aio/subprocess, as text": nanosecondsEach(count, async (lines) => {
      const child = await createSubprocessExec("seq", args(lines), { stdout: PIPE });
      return counted(child.stdout.lines());
    }),
    tinyexec: nanosecondsEach(fewer, (lines) => counted(x("seq", args(lines)))),
    execa: nanosecondsEach(fewer, (lines) => counted(execa("seq", args(lines), { buffer: false }))),
    "CPython asyncio": pythonCommand("subprocess_twin.py", "lines", `${fewer}`),
  },
});
