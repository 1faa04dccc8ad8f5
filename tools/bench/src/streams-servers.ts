import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

import { python } from "./python.ts";

/**
 * The command of a server that does this with each connection, or `undefined` where what it runs on is
 * not installed. It prints its port, answers each line of its input with what it has used up
 * (nanoseconds of processor time, the same after collecting garbage, bytes of memory), and ends with
 * its input.
 */
export type StreamServer = (behaviour: string) => readonly string[] | undefined;

const path = (name: string): string => new URL(name, import.meta.url).pathname;
const runtimes = path("../../runtimes/node_modules");
const program = path("streams-server.ts");

/** A module's behaviour in this Node: each exports what it does with a connection by name. */
function node(module: string, suffix = ""): StreamServer {
  return (behaviour) => [
    process.execPath,
    "--expose-gc",
    program,
    path(`streams-serve-${module}.ts`),
    `${behaviour}${suffix}`,
  ];
}

function otherRuntime(binary: string, ...args: readonly string[]): StreamServer {
  return (behaviour) =>
    existsSync(`${runtimes}/${binary}`)
      ? [`${runtimes}/${binary}`, ...args, program, path("streams-serve-net.ts"), behaviour]
      : undefined;
}

function inPython(loop: string, find: () => string | undefined): StreamServer {
  return (behaviour) => {
    const interpreter = find();
    if (interpreter === undefined) return undefined;
    return [interpreter, path("../python/streams.py"), loop, behaviour];
  };
}

// Debian's package is made for Debian's Python.
function pythonWithUvloop(): string | undefined {
  const candidates = [python()?.path, "/usr/bin/python3"].filter((name) => name !== undefined);
  return candidates.find((name) => {
    try {
      execFileSync(name, ["-c", "import uvloop"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

export const aio = node("aio");
/** The same behaviour, done in another of the package's ways. */
export const aioVariant = (suffix: string): StreamServer => node("aio", suffix);

/** Those that can do everything, by name. */
export const everywhere: Readonly<Record<string, StreamServer>> = {
  "node:net": node("net"),
  "@aio/streams": aio,
  "CPython asyncio": inPython("asyncio", () => python()?.path),
  uvloop: inPython("uvloop", pythonWithUvloop),
  "Bun's node:net": otherRuntime("bun/bin/bun"),
  "Deno's node:net": otherRuntime(".bin/deno", "run", "-A", "--no-check", "--v8-flags=--expose-gc"),
};

/** Those that do one thing: the behaviour must be among the exports of streams-serve-peers.ts. */
export const peer = (name: string): StreamServer => node("peers", `_${name}`);
