import type { Contender } from "./scenario.ts";
import { scenario } from "./scenario.ts";
import { contenders, onNode } from "./subprocess-contenders.ts";

const subject = "@aio/subprocess";
const readline = "node:readline";

export const lines = scenario({
  title: "Read 5,000,000 short lines from a process",
  unit: "ns per line",
  subject,
  rounds: 3,
  aims: { [readline]: 1 / 1.1, tinyexec: 1 / 2, execa: 1 / 5, "CPython asyncio": 1 / 8 },
  note: "@aio/subprocess and CPython read bytes, the others text. nano-spawn, tinyexec, execa, zx and CPython read a tenth of the lines. Bun and Deno have no API for lines, so the benchmark splits their output.",
  contenders: contenders("lines", [
    readline,
    "node:readline, for await",
    subject,
    "@aio/subprocess, as text",
    "@aio/subprocess, readlineNowait",
    "nano-spawn",
    "tinyexec",
    "execa",
    "zx",
    "CPython asyncio",
    "uvloop",
    "Bun",
    "Deno",
  ]),
});

function onlyOnNode(major: number): Record<string, Contender> {
  const names = [readline, subject];
  return Object.fromEntries(
    names.map((name) => [name, onNode(major, import.meta.filename, "lines", name)]),
  );
}

export const linesOnNode22 = scenario({
  title: "Read 5,000,000 short lines from a process, on Node 22",
  unit: "ns per line",
  subject,
  rounds: 3,
  aims: { [readline]: 1 / 1.1 },
  contenders: onlyOnNode(22),
});

export const linesOnNode26 = scenario({
  title: "Read 5,000,000 short lines from a process, on Node 26",
  unit: "ns per line",
  subject,
  rounds: 3,
  aims: { [readline]: 1 / 1.1 },
  contenders: onlyOnNode(26),
});
