import { pythonCommand, uvloopCommand } from "./python.ts";
import { onRuntime } from "./runtimes.ts";

/**
 * The command of a server with this behavior, or `undefined` if its runtime is not installed. It prints
 * its port, and answers each line of input with its usage: nanoseconds of processor time, and bytes of
 * memory now, at the peak and of the heap. If the line is `collect`, it collects garbage first. It exits
 * at end of input.
 */
export type StreamServer = (behavior: string) => readonly string[] | undefined;

const path = (name: string): string => new URL(name, import.meta.url).pathname;

/** A behavior in this Node. Modules export their behaviors by name. */
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

/** A variant of a behavior with @aio/streams. */
export const aioVariant = (suffix: string): StreamServer => node("aio", suffix);

/** The servers in the package's aims. */
export const inNodeAndPython: Readonly<Record<string, StreamServer>> = {
  "node:net": node("net"),
  "CPython asyncio": (behavior) => pythonCommand("streams.py", "asyncio", behavior).command,
  uvloop: (behavior) => uvloopCommand("streams.py", "uvloop", behavior).command,
};

// V8 grows its young generation at unpredictable times, which would distort the heap per connection.
const smallYoungGeneration = ["--min-semi-space-size=1", "--max-semi-space-size=1"];

/** For the growth of V8's heap. */
export const inNodeWithSmallYoungGeneration: Readonly<Record<string, StreamServer>> = {
  "node:net": node("net", "", smallYoungGeneration),
  "@aio/streams": node("aio", "", smallYoungGeneration),
};

/** The servers that have every behavior, by name. */
export const everywhere: Readonly<Record<string, StreamServer>> = {
  ...inNodeAndPython,
  "@aio/streams": node("aio"),
  "Bun's node:net": otherRuntime("Bun"),
  "Deno's node:net": otherRuntime("Deno"),
};

/** A peer with few behaviors, which streams-serve-peers.ts exports. */
export const peer = (name: string): StreamServer => node("peers", `_${name}`);
