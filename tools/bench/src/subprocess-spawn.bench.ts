import { scenario } from "./scenario.ts";
import { contenders } from "./subprocess-contenders.ts";

const subject = "@aio/subprocess";
const everybody = [
  "node:child_process",
  "execFile",
  subject,
  "nano-spawn",
  "tinyexec",
  "execa",
  "zx",
  "CPython asyncio",
  "uvloop",
  "Bun",
  "Deno",
];
const aims = {
  "node:child_process": 1 / 0.97,
  "nano-spawn": 1,
  tinyexec: 1,
  execa: 1 / 1.3,
  zx: 1 / 1.9,
};

export const sequential = scenario({
  title: "Run /bin/true and wait for it, 50 times",
  unit: "ms per process",
  subject,
  aims,
  note: "execFile cannot inherit streams; it creates pipes.",
  contenders: contenders("sequential", everybody),
});

export const concurrent = scenario({
  title: "Run /bin/true and wait for it, 200 times, 16 at once",
  unit: "ms per process",
  subject,
  aims,
  note: "execFile cannot inherit streams; it creates pipes.",
  contenders: contenders("concurrent", everybody),
});

export const capture = scenario({
  title: "Run echo and capture its output, 50 times",
  unit: "ms per process",
  subject,
  aims,
  contenders: contenders("echo", everybody),
});

const merging = "@aio/subprocess, stderr: STDOUT";
const plain = [merging, subject, "@aio/subprocess, stderr: PIPE"];

export const mergedOutput = scenario({
  title: "Run echo with stderr: STDOUT and capture its output, 50 times",
  unit: "ms per process",
  subject: merging,
  aims: { [subject]: 1 / 0.95 },
  note: "Compared with one plain pipe, and with two.",
  contenders: contenders("echo", plain),
});

export const mergedBytes = scenario({
  title: "Capture 128 MiB of output with stderr: STDOUT",
  unit: "ms",
  subject: merging,
  aims: { [subject]: 1 / 0.95 },
  note: "Compared with one plain pipe, and with two.",
  contenders: contenders("merged", plain),
});
