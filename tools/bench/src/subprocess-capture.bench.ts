import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { PIPE, createSubprocessExec } from "@aio/subprocess";
import { execa } from "execa";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

const captureSize = 512 << 20;
const throughSize = 256 << 20;
const head = ["-c", `${captureSize}`, "/dev/zero"] as const;
const through = Buffer.alloc(throughSize, "0123456789abcdef");
const execFilePromise = promisify(execFile);

/** Take `size` bytes, and say how long that took, or how much memory it made the process hold. */
const timed =
  (size: number, take: () => Promise<{ length: number }>): Round =>
  async () => {
    const start = performance.now();
    const { length } = await take();
    const elapsed = performance.now() - start;
    if (length !== size) throw new Error(`Got ${length} bytes of ${size}`);
    return elapsed;
  };

const weighed = (take: () => Promise<{ length: number }>): Round => {
  return async () => {
    const { length } = await take();
    if (length !== captureSize) throw new Error(`Got ${length} bytes of ${captureSize}`);
    // Of the whole life of the process: each contender has one of its own.
    return process.resourceUsage().maxRSS / 1024;
  };
};

async function rawCommunicate(program: string, args: readonly string[], input?: Buffer) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(input);
  await new Promise((resolve) => child.on("close", resolve));
  return Buffer.concat(chunks);
}

async function aioCommunicate(program: string, args: readonly string[], input?: Buffer) {
  const child = await createSubprocessExec(program, args, { stdin: PIPE, stdout: PIPE });
  const [stdout] = await child.communicate(input);
  return stdout;
}

async function aioOsPipes(program: string, args: readonly string[], input?: Buffer) {
  const options = { stdin: PIPE, stdout: PIPE, pipes: "os" } as const;
  const [stdout] = await (await createSubprocessExec(program, args, options)).communicate(input);
  return stdout;
}

async function execFileCapture() {
  const options = { encoding: "buffer", maxBuffer: Number.POSITIVE_INFINITY } as const;
  return (await execFilePromise("head", head, options)).stdout;
}

const execaOptions = { encoding: "buffer", maxBuffer: 2 ** 32, stripFinalNewline: false } as const;
const execaCapture = async () => (await execa("head", head, execaOptions)).stdout;

const captures = {
  "child_process.spawn": () => rawCommunicate("head", head),
  "child_process.execFile": execFileCapture,
  "@aio/subprocess": () => aioCommunicate("head", head),
  '@aio/subprocess, pipes: "os"': () => aioOsPipes("head", head),
  execa: execaCapture,
};

export const capture = scenario({
  title: "Take 512 MiB of output",
  unit: "ms",
  subject: "@aio/subprocess",
  rounds: 3,
  aims: { "child_process.spawn": 1 / 1.15 },
  note: "nano-spawn, tinyexec and zx cut such an output or fail.",
  contenders: {
    ...Object.fromEntries(
      Object.entries(captures).map(([name, take]) => [name, timed(captureSize, take)]),
    ),
    "CPython asyncio": pythonCommand("subprocess_twin.py", "capture", `${captureSize}`),
  },
});

export const captureMemory = scenario({
  title: "Take 512 MiB of output: peak memory of the process",
  unit: "MiB",
  subject: "@aio/subprocess",
  rounds: 2,
  aims: { "child_process.spawn": 0.7 },
  contenders: Object.fromEntries(
    Object.entries(captures).map(([name, take]) => [name, weighed(take)]),
  ),
});

export const throughCat = scenario({
  title: "Send 256 MiB through cat",
  unit: "ms",
  subject: "@aio/subprocess",
  rounds: 3,
  aims: { "child_process.spawn": 1 / 1.1, execa: 0.5, "CPython asyncio": 0.6 },
  contenders: {
    "child_process.spawn": timed(throughSize, () => rawCommunicate("cat", [], through)),
    "@aio/subprocess": timed(throughSize, () => aioCommunicate("cat", [], through)),
    '@aio/subprocess, pipes: "os"': timed(throughSize, () => aioOsPipes("cat", [], through)),
    execa: timed(throughSize, async () => {
      return (await execa("cat", { ...execaOptions, input: through })).stdout;
    }),
    "CPython asyncio": pythonCommand("subprocess_twin.py", "through", `${throughSize}`),
  },
});
