import { scenario } from "./scenario.ts";
import { contenders, failures } from "./subprocess-contenders.ts";

const subject = "@aio/subprocess";
const everybody = [
  "node:child_process",
  "execFile",
  subject,
  '@aio/subprocess, pipes: "os"',
  "execa",
  "CPython asyncio",
  "uvloop",
  "Bun",
  "Deno",
];
const ofText = ["nano-spawn", "tinyexec", "zx"];

export const capture = scenario({
  title: "Capture 512 MiB of output",
  unit: "ms",
  subject,
  rounds: 3,
  aims: { "node:child_process": 1 / 1.15, Bun: 1 },
  get note() {
    return failures("capture", ofText);
  },
  contenders: contenders("capture", everybody),
});

export const captureMemory = scenario({
  title: "Capture 512 MiB of output: peak memory",
  unit: "MiB",
  subject,
  rounds: 3,
  aims: { "node:child_process": 0.7 },
  get note() {
    return failures("memory", ofText);
  },
  contenders: contenders("memory", everybody),
});

export const throughCat = scenario({
  title: "Send 256 MiB through cat",
  unit: "ms",
  subject,
  rounds: 3,
  aims: { "node:child_process": 1 / 1.1, execa: 1 / 2, uvloop: 1 },
  note: "nano-spawn, tinyexec and zx use strings, the others bytes.",
  contenders: contenders("through", [...everybody, ...ofText]),
});
