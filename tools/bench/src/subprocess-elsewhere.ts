import { createInterface } from "node:readline";
import { type Runner, type Task, roundOf } from "./subprocess-tasks.ts";

// The subprocess APIs of Bun and Deno, in a process of that runtime with the protocol of
// contender-process.ts. Only the types used here are declared.
interface BunProcess {
  readonly exited: Promise<number>;
  readonly stdout: ReadableStream<Uint8Array> & { bytes(): Promise<Uint8Array> };
}
interface DenoProcess {
  readonly status: Promise<unknown>;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  output(): Promise<{ readonly stdout: Uint8Array }>;
}
interface Elsewhere {
  readonly Bun?: {
    readonly spawn: (command: readonly string[], options: object) => BunProcess;
    readonly gc: (force: boolean) => void;
  };
  readonly Deno?: { Command: new (program: string, options: object) => { spawn(): DenoProcess } };
}
const { Bun, Deno } = globalThis as Elsewhere;

// Neither has an API for lines, so this splits a stream as their documentation does.
async function countLines(stream: ReadableStream<Uint8Array>): Promise<number> {
  const decoder = new TextDecoder();
  let seen = 0;
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) seen += line.length > 0 ? 1 : 0;
  }
  return seen;
}

function inBun({ spawn }: NonNullable<Elsewhere["Bun"]>): Runner {
  const pipe = { stdin: "inherit", stdout: "pipe", stderr: "inherit" } as const;
  return {
    run: (program) =>
      spawn([program], { stdin: "inherit", stdout: "inherit", stderr: "inherit" }).exited,
    take: async (program, args, input) => {
      const child = spawn([program, ...args], { ...pipe, stdin: input ?? "inherit" });
      const taken = await child.stdout.bytes();
      await child.exited;
      return taken;
    },
    count: (command) => countLines(spawn(["sh", "-c", command], pipe).stdout),
  };
}

function inDeno({ Command }: NonNullable<Elsewhere["Deno"]>): Runner {
  const pipe = { stdin: "inherit", stdout: "piped", stderr: "inherit" } as const;
  return {
    run: (program) => {
      const options = { stdin: "inherit", stdout: "inherit", stderr: "inherit" };
      return new Command(program, options).spawn().status;
    },
    take: async (program, args, input) => {
      const stdin = input === undefined ? "inherit" : "piped";
      const child = new Command(program, { ...pipe, args, stdin }).spawn();
      const [{ stdout }] = await Promise.all([
        child.output(),
        input instanceof Uint8Array ? give(child.stdin, input) : undefined,
      ]);
      return stdout;
    },
    count: (command) =>
      countLines(new Command("sh", { ...pipe, args: ["-c", command] }).spawn().stdout),
  };
}

async function give(stream: WritableStream<Uint8Array>, input: Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  await writer.write(input);
  await writer.close();
}

const runner = Bun ? inBun(Bun) : Deno ? inDeno(Deno) : undefined;
if (runner === undefined) throw new Error("Cannot measure: this runtime is neither Bun nor Deno");
const round = roundOf(process.argv[2] as Task, runner);
for await (const _ of createInterface({ input: process.stdin })) {
  Bun?.gc(true);
  process.stdout.write(`${await round()}\n`);
}
