import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { PIPE, STDOUT, createSubprocessExec } from "@aio/subprocess";
import { execa } from "execa";
import nanoSpawn from "nano-spawn";
import { x } from "tinyexec";
import { $ } from "zx";
import { type Round, scenario } from "./scenario.ts";

const program = "/bin/true";
const execFilePromise = promisify(execFile);

// By the clock on the wall: what is waited for is other processes.
async function millisecondsEach(count: number, batch: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await batch();
  return (performance.now() - start) / count;
}

const oneByOne =
  (run: () => PromiseLike<unknown>): Round =>
  () =>
    millisecondsEach(50, async () => {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      for (let done = 0; done < 50; done += 1) await run();
    });

const manyAtOnce =
  (run: () => PromiseLike<unknown>): Round =>
  () =>
    millisecondsEach(200, async () => {
      let left = 200;
      const worker = async () => {
        // oxlint-disable-next-line no-await-in-loop -- each worker has one process at a time
        while (left-- > 0) await run();
      };
      await Promise.all(Array.from({ length: 16 }, worker));
    });

const raw = () =>
  new Promise((resolve) => spawn(program, { stdio: "inherit" }).on("exit", resolve));
const aio = async () => (await createSubprocessExec(program)).wait();

const quiet = $({ stdio: "inherit", quiet: true });
const running = {
  "child_process.spawn": raw,
  "@aio/subprocess": aio,
  "nano-spawn": () => nanoSpawn(program, { stdio: "inherit" }),
  tinyexec: () => x(program, [], { nodeOptions: { stdio: "inherit" } }),
  execa: () => execa(program, { stdio: "inherit" }),
  zx: () => quiet`/bin/true`,
};
const aims = {
  "child_process.spawn": 1 / 0.97,
  "nano-spawn": 1,
  tinyexec: 1,
  execa: 1 / 1.3,
  zx: 1 / 1.9,
};

export const sequential = scenario({
  title: "Run /bin/true and wait for it, 50 times",
  unit: "ms per process",
  subject: "@aio/subprocess",
  aims,
  contenders: Object.fromEntries(
    Object.entries(running).map(([name, run]) => [name, oneByOne(run)]),
  ),
});

export const concurrent = scenario({
  title: "Run /bin/true and wait for it, 200 times, 16 at once",
  unit: "ms per process",
  subject: "@aio/subprocess",
  aims,
  contenders: Object.fromEntries(
    Object.entries(running).map(([name, run]) => [name, manyAtOnce(run)]),
  ),
});

function captured(): Promise<unknown> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn("echo", ["hello"], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("close", () => resolve(Buffer.concat(chunks)));
  });
}

export const capture = scenario({
  title: "Run echo and take its output, 50 times",
  unit: "ms per process",
  subject: "@aio/subprocess",
  aims: {
    "child_process.spawn": 1 / 0.97,
    "nano-spawn": 1,
    tinyexec: 1,
    execa: 1 / 1.3,
    zx: 1 / 1.9,
  },
  contenders: {
    "child_process.spawn": oneByOne(captured),
    "child_process.execFile": oneByOne(() => execFilePromise("echo", ["hello"])),
    "@aio/subprocess": oneByOne(async () => {
      return (await createSubprocessExec("echo", ["hello"], { stdout: PIPE })).communicate();
    }),
    "nano-spawn": oneByOne(() => nanoSpawn("echo", ["hello"])),
    tinyexec: oneByOne(() => x("echo", ["hello"])),
    execa: oneByOne(() => execa("echo", ["hello"])),
    zx: oneByOne(() => $({ quiet: true })`echo hello`),
  },
});

const merged = async (stderr: typeof PIPE | typeof STDOUT) => {
  const options = { stdout: PIPE, stderr } as const;
  return (await createSubprocessExec("echo", ["hello"], options)).communicate();
};

export const mergedOutput = scenario({
  title: "Run echo with stderr: STDOUT and take its output, 50 times",
  unit: "ms per process",
  subject: "stderr: STDOUT",
  aims: { "stdout: PIPE": 1 / 0.95 },
  note: "The same with one plain pipe, and with two.",
  contenders: {
    "stderr: STDOUT": oneByOne(() => merged(STDOUT)),
    "stdout: PIPE": oneByOne(async () => {
      return (await createSubprocessExec("echo", ["hello"], { stdout: PIPE })).communicate();
    }),
    "stdout: PIPE, stderr: PIPE": oneByOne(() => merged(PIPE)),
  },
});
