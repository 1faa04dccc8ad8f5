import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

import { python } from "./python.ts";

/**
 * The command of a server that does this with each connection, or `undefined` where what it runs on is
 * not installed. It prints its port, answers each line of its input with what it has used up
 * (nanoseconds of processor time, bytes of memory), having collected its garbage if the line says
 * `collect`, and ends with its input.
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

let uvloop: { readonly path: string; readonly version: string } | null | undefined;

// Debian's package is made for Debian's Python.
function pythonWithUvloop(): typeof uvloop {
  uvloop ??=
    [python()?.path, "/usr/bin/python3"]
      .filter((name) => name !== undefined)
      .map((name) => ({ path: name, version: uvloopVersion(name) }))
      .find(({ version }) => version !== "") ?? null;
  return uvloop;
}

function uvloopVersion(interpreter: string): string {
  try {
    return execFileSync(interpreter, ["-c", "import uvloop; print(uvloop.__version__)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

/** Of what is no dependency of the benchmarks, and may be missing. */
export function serverVersions(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, folder] of Object.entries({ Bun: "bun", Deno: "deno" })) {
    const manifest = `${runtimes}/${folder}/package.json`;
    if (!existsSync(manifest)) continue;
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    found[name] = version;
  }
  const loop = pythonWithUvloop();
  if (loop) found["uvloop"] = loop.version;
  return found;
}

/** A behaviour, done by @aio/streams in another of its ways. */
export const aioVariant = (suffix: string): StreamServer => node("aio", suffix);

/** Those that the package's aims are about. */
export const inNodeAndPython: Readonly<Record<string, StreamServer>> = {
  "node:net": node("net"),
  "CPython asyncio": inPython("asyncio", () => python()?.path),
  uvloop: inPython("uvloop", () => pythonWithUvloop()?.path),
};

/** All that can do everything, by name. */
export const everywhere: Readonly<Record<string, StreamServer>> = {
  ...inNodeAndPython,
  "@aio/streams": node("aio"),
  "Bun's node:net": otherRuntime("bun/bin/bun"),
  "Deno's node:net": otherRuntime(".bin/deno", "run", "-A", "--no-check", "--v8-flags=--expose-gc"),
};

/** Those that do one thing: the behaviour must be among the exports of streams-serve-peers.ts. */
export const peer = (name: string): StreamServer => node("peers", `_${name}`);
