import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { PIPE, STDOUT, createSubprocessExec, createSubprocessShell } from "@aio/subprocess";
import { execa } from "execa";
import nanoSpawn from "nano-spawn";
import { x } from "tinyexec";
import { $ } from "zx";
import type { Runner } from "./subprocess-tasks.ts";

const execFilePromise = promisify(execFile);
const unlimited = { encoding: "buffer", maxBuffer: Number.POSITIVE_INFINITY } as const;
const whole = { encoding: "buffer", maxBuffer: 2 ** 32, stripFinalNewline: false } as const;
const quiet = $({ quiet: true, nothrow: false });

const childProcess: Runner = {
  run: (program) =>
    new Promise((resolve) => spawn(program, { stdio: "inherit" }).on("exit", resolve)),
  take: async (program, args, input) => {
    const child = spawn(program, args, {
      stdio: [input === undefined ? "inherit" : "pipe", "pipe", "inherit"],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin?.end(input);
    await new Promise((resolve) => child.on("close", resolve));
    return Buffer.concat(chunks);
  },
  count: async (command) => {
    const child = spawn("sh", ["-c", command], { stdio: ["inherit", "pipe", "inherit"] });
    const reader = createInterface({ input: child.stdout });
    let seen = 0;
    reader.on("line", () => (seen += 1));
    await new Promise((resolve) => reader.on("close", resolve));
    return seen;
  },
};

const aio: Runner = {
  run: async (program) => (await createSubprocessExec(program)).wait(),
  take: async (program, args, input) => {
    const stdin = input === undefined ? undefined : PIPE;
    const child = await createSubprocessExec(program, args, { stdin, stdout: PIPE });
    return (await child.communicate(input))[0];
  },
  count: async (command) => {
    return counted((await createSubprocessShell(command, { stdout: PIPE })).stdout);
  },
};

async function counted(lines: AsyncIterable<{ readonly length: number }>): Promise<number> {
  let seen = 0;
  for await (const line of lines) seen += line.length > 0 ? 1 : 0;
  return seen;
}

/** Variants of @aio/subprocess. */
const aioVariants: Record<string, Runner> = {
  '@aio/subprocess, pipes: "os"': {
    ...aio,
    take: async (program, args, input) => {
      const stdin = input === undefined ? undefined : PIPE;
      const options = { stdin, stdout: PIPE, pipes: "os" } as const;
      return (await (await createSubprocessExec(program, args, options)).communicate(input))[0];
    },
  },
  "@aio/subprocess, stderr: STDOUT": {
    ...aio,
    take: async (program, args) => {
      const options = { stdout: PIPE, stderr: STDOUT } as const;
      return (await (await createSubprocessExec(program, args, options)).communicate())[0];
    },
  },
  "@aio/subprocess, stderr: PIPE": {
    ...aio,
    take: async (program, args) => {
      const options = { stdout: PIPE, stderr: PIPE } as const;
      return (await (await createSubprocessExec(program, args, options)).communicate())[0];
    },
  },
  "@aio/subprocess, as text": {
    ...aio,
    count: async (command) => {
      return counted((await createSubprocessShell(command, { stdout: PIPE })).stdout.lines());
    },
  },
  "@aio/subprocess, readlineNowait": {
    ...aio,
    count: async (command) => {
      const { stdout } = await createSubprocessShell(command, { stdout: PIPE });
      for (let seen = 0; ; seen += 1) {
        const line = stdout.readlineNowait() ?? (await stdout.readline());
        if (line.length === 0) return seen;
      }
    },
  },
};

/** The contenders that run in this Node, by name. */
export const runners: Readonly<Record<string, Runner>> = {
  "@aio/subprocess": aio,
  ...aioVariants,
  "node:child_process": childProcess,
  "node:readline": childProcess,
  "node:readline, for await": {
    ...childProcess,
    count: (command) => {
      const child = spawn("sh", ["-c", command], { stdio: ["inherit", "pipe", "inherit"] });
      return counted(createInterface({ input: child.stdout }));
    },
  },
  execFile: {
    ...childProcess,
    run: (program) => execFilePromise(program),
    take: async (program, args, input) => {
      const running = execFilePromise(program, [...args], unlimited);
      if (input !== undefined) running.child.stdin?.end(input);
      return (await running).stdout;
    },
  },
  execa: {
    run: (program) => execa(program, { stdio: "inherit" }),
    take: async (program, args, input) => {
      const options = input === undefined ? whole : { ...whole, input };
      return (await execa(program, args, options)).stdout;
    },
    count: (command) => counted(execa("sh", ["-c", command], { buffer: false })),
    slowLines: true,
  },
  "nano-spawn": {
    run: (program) => nanoSpawn(program, { stdio: "inherit" }),
    take: async (program, args, input) => {
      const options = input === undefined ? {} : { stdin: { string: String(input) } };
      return (await nanoSpawn(program, [...args], options)).stdout;
    },
    count: (command) => counted(nanoSpawn("sh", ["-c", command])),
    text: true,
    slowLines: true,
  },
  tinyexec: {
    run: (program) => x(program, [], { nodeOptions: { stdio: "inherit" } }),
    take: async (program, args, input) => {
      const options = input === undefined ? {} : { stdin: String(input) };
      return (await x(program, [...args], options)).stdout;
    },
    count: (command) => counted(x("sh", ["-c", command])),
    text: true,
    slowLines: true,
  },
  zx: {
    run: (program) => quiet({ stdio: "inherit" })`${program}`,
    take: async (program, args, input) => {
      const options = input === undefined ? {} : { input: String(input) };
      return (await quiet(options)`${program} ${[...args]}`).stdout;
    },
    count: (command) => counted(quiet`sh -c ${command}`),
    text: true,
    slowLines: true,
  },
};
