import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Load, loadClient } from "./streams-load.ts";

// Sits between the runner, which requests rounds, and a server in any language. It starts the server, runs
// the client against it, and asks the server for its usage before and after. Server and client are each
// pinned to a processor.
const [description = "", ...serverCommand] = process.argv.slice(2);
const load = JSON.parse(description) as Load;
const [serverCpu = 0, clientCpu = serverCpu] = processors();

interface Usage {
  /** Nanoseconds of processor time so far. */
  readonly processor: number;
  /** Bytes of memory: resident, at its peak, and V8's heap. */
  readonly resident: number;
  readonly peak: number;
  readonly heap: number;
}

class LoadedServer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(command: readonly string[]) {
    const [name = "", ...args] = pinned(command, serverCpu);
    this.#process = spawn(name, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = linesOf(this.#process);
  }

  async port(): Promise<string> {
    const { value } = await this.#answers.next();
    return String(value);
  }

  /** A garbage collection also discards compiled code, so rounds that measure time do without. */
  async usage(first?: "collect"): Promise<Usage> {
    this.#process.stdin?.write(`${first ?? ""}\n`);
    const { value } = await this.#answers.next();
    const [processor = NaN, resident = NaN, peak = NaN, heap = NaN] = String(value)
      .split(" ")
      .map(Number);
    return { processor, resident, peak, heap };
  }

  async end(): Promise<void> {
    await ended(this.#process, () => this.#process.stdin?.end());
  }
}

/** Run the client once, and return the figures that it prints. */
async function client(
  port: string,
  [mode, ...rest]: readonly string[],
  meanwhile?: () => Promise<void>,
): Promise<number[]> {
  const command = [loadClient() ?? "", mode ?? "", port, ...rest];
  const [name = "", ...args] = pinned(command, clientCpu);
  const started = spawn(name, args, { stdio: ["pipe", "pipe", "inherit"] });
  const closed = ended(started);
  const { value } = await linesOf(started).next();
  await meanwhile?.();
  started.stdin?.end();
  await closed;
  if (value === undefined) throw new Error(`The server failed under load (${mode})`);
  return value.split(" ").map(Number);
}

async function round(server: LoadedServer, port: string): Promise<number> {
  const before = await server.usage();
  const [elapsed = NaN, count = NaN, received, said] = await client(port, load.client);
  const after = await server.usage();
  if (load.client[0] === "send") {
    const complete = load.answer === undefined ? said === count : received === count * load.answer;
    if (!complete)
      throw new Error(
        `Sent ${count} pieces; the server returned ${received} bytes and counted ${said}`,
      );
  }
  return (load.figure === "clock" ? elapsed : after.processor - before.processor) / count;
}

/** Each round needs a new server, since a process rarely returns memory to the system. */
async function memoryRound(figure: "memory" | "heap" | "peak"): Promise<number> {
  const server = new LoadedServer(serverCommand);
  const port = await server.port();
  // Warm up first, so that code is compiled and the heap has grown. A server that sends to all its clients
  // gets a single one for this.
  await client(port, ["echo", "500", figure === "peak" ? "1" : "100"]);
  const before = await server.usage("collect");
  let after = before;
  const [, count = NaN] = await client(port, load.client, async () => {
    after = await server.usage(figure === "peak" ? undefined : "collect");
  });
  await server.end();
  if (figure === "peak") return after.peak / 2 ** 20;
  if (figure === "heap") return (after.heap - before.heap) / count;
  return (after.resident - before.resident) / count;
}

function linesOf(started: ChildProcess): AsyncIterator<string> {
  if (started.stdout === null) throw new Error("Cannot read the output: it is not a pipe");
  return createInterface({ input: started.stdout })[Symbol.asyncIterator]();
}

async function ended(started: ChildProcess, end?: () => void): Promise<void> {
  const closed = new Promise((resolve) => started.once("close", resolve));
  end?.();
  await closed;
}

function pinned(command: readonly string[], cpu: number | undefined): readonly string[] {
  return cpu === undefined ? command : ["taskset", "--cpu-list", `${cpu}`, ...command];
}

// The machine's processors, or none without taskset.
function processors(): (number | undefined)[] {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    const found = readFileSync("/proc/cpuinfo", "utf8").matchAll(/^processor\s*:\s*(\d+)/gm);
    return Array.from(found, ([, cpu]) => Number(cpu));
  } catch {
    return [undefined, undefined];
  }
}

// The compiler needs a second or two to optimize.
async function warmUp(port: string): Promise<void> {
  const [mode, , ...rest] = load.client;
  await client(port, [mode, "1500", ...rest]);
}

const { figure: wanted } = load;
const ofMemory = wanted === "processor" || wanted === "clock" ? undefined : wanted;
const server = ofMemory === undefined ? new LoadedServer(serverCommand) : undefined;
const port = (await server?.port()) ?? "";
let isWarm = false;
for await (const _ of createInterface({ input: process.stdin })) {
  // During a round, while the other contenders wait.
  if (server !== undefined && !isWarm) await warmUp(port);
  isWarm = true;
  const figure = server ? await round(server, port) : await memoryRound(ofMemory ?? "memory");
  process.stdout.write(`${figure}\n`);
}
await server?.end();
