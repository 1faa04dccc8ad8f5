import { pythonCommand, uvloopCommand } from "./python.ts";
import { onRuntime } from "./runtimes.ts";

/**
 * The command of a server that does this with each connection, or `undefined` where what it runs on is
 * not installed. It prints its port, answers each line of its input with what it has used up
 * (nanoseconds of processor time, bytes of memory now, at the peak, and of the heap), having collected
 * its garbage if the line says `collect`, and ends with its input.
 */
export type StreamServer = (behavior: string) => readonly string[] | undefined;

const path = (name: string): string => new URL(name, import.meta.url).pathname;

/** A module's behavior in this Node: each exports what it does with a connection by name. */
function node(module: string, suffix = "", flags: readonly string[] = []): StreamServer {
  const start = [process.execPath, "--expose-gc", ...flags, path("streams-server.ts")];
  return (behavior) => [...start, path(`streams-serve-${module}.ts`), `${behavior}${suffix}`];
}

function otherRuntime(name: "Bun" | "Deno"): StreamServer {
  return (behavior) => {
    const start = onRuntime(name);
    return start && [...start, path("streams-server.ts"), path("streams-serve-net.ts"), behavior];
  };
}

/** A behavior, done by @aio/streams in another of its ways. */
export const aioVariant = (suffix: string): StreamServer => node("aio", suffix);

/** Those that the package's aims are about. */
export const inNodeAndPython: Readonly<Record<string, StreamServer>> = {
  "node:net": node("net"),
  "CPython asyncio": (behavior) => pythonCommand("streams.py", "asyncio", behavior).command,
  uvloop: (behavior) => uvloopCommand("streams.py", "uvloop", behavior).command,
};

// V8 grows its young generation when it likes, and with it what 5,000 or 20,000 connections take.
const smallYoungGeneration = ["--min-semi-space-size=1", "--max-semi-space-size=1"];

/** For what V8's heap grows by. */
export const inNodeWithSmallYoungGeneration: Readonly<Record<string, StreamServer>> = {
  "node:net": node("net", "", smallYoungGeneration),
  "@aio/streams": node("aio", "", smallYoungGeneration),
};

/** All that can do everything, by name. */
export const everywhere: Readonly<Record<string, StreamServer>> = {
  ...inNodeAndPython,
  "@aio/streams": node("aio"),
  "Bun's node:net": otherRuntime("Bun"),
  "Deno's node:net": otherRuntime("Deno"),
};

/** Those that do one thing: the behavior must be among the exports of streams-serve-peers.ts. */
export const peer = (name: string): StreamServer => node("peers", `_${name}`);
