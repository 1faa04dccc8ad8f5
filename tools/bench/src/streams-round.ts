import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Load, loadClient } from "./streams-load.ts";

// What stands between a server in any language and the runner, which asks for rounds. It starts the
// server, has the client load it, and asks the server before and after what it has used up. Server
// and client are pinned to a processor each, and this one waits for both.
const [description = "", ...serverCommand] = process.argv.slice(2);
const load = JSON.parse(description) as Load;
const [serverCpu = 0, clientCpu = serverCpu] = processors();

interface Usage {
  /** Nanoseconds of processor time so far. */
  readonly processor: number;
  /** Bytes of memory in use, at the most so far, and of V8's heap. */
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

  /** Collecting garbage costs Node compiled code too, so where time counts it is left alone. */
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

/** A round of the client: the line of figures that it prints. */
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
  if (value === undefined) throw new Error(`The server failed under the load ${mode}`);
  return value.split(" ").map(Number);
}

async function round(server: LoadedServer, port: string): Promise<number> {
  const before = await server.usage();
  const [elapsed = NaN, count = NaN, received, said] = await client(port, load.client);
  const after = await server.usage();
  if (load.client[0] === "send") {
    const complete = load.answer === undefined ? said === count : received === count * load.answer;
    if (!complete) throw new Error(`Sent ${count}, got ${received} bytes back that say ${said}`);
  }
  return (load.figure === "clock" ? elapsed : after.processor - before.processor) / count;
}

/** Memory that a server once had does not come back: each round has a server of its own. */
async function memoryRound(figure: "memory" | "heap" | "peak"): Promise<number> {
  const server = new LoadedServer(serverCommand);
  const port = await server.port();
  // The code is compiled, and the heap as large as work makes it, before anything counts. A server that
  // sends to all its clients has one.
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
  if (started.stdout === null) throw new Error("Cannot read what the process says: it has no pipe");
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

// Two processors of those that the machine has; none where there is no taskset.
function processors(): (number | undefined)[] {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    const found = readFileSync("/proc/cpuinfo", "utf8").matchAll(/^processor\s*:\s*(\d+)/gm);
    return Array.from(found, ([, cpu]) => Number(cpu));
  } catch {
    return [undefined, undefined];
  }
}

// The compiler takes a second or two to make up its mind.
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
  // In a round, and not before: the others wait meanwhile.
  if (server !== undefined && !isWarm) await warmUp(port);
  isWarm = true;
  const figure = server ? await round(server, port) : await memoryRound(ofMemory ?? "memory");
  process.stdout.write(`${figure}\n`);
}
await server?.end();
