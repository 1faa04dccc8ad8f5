import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Command, type Contender, type Scenario, scenario } from "./scenario.ts";
import type { StreamServer } from "./streams-servers.ts";

/** What one client does to a server, and what is asked of the server then. */
export interface Load {
  /** What load/load.c does, its port left out. */
  readonly client: readonly [mode: "send" | "echo" | "open" | "cast" | "idle", ...rest: string[]];
  /**
   * For each piece of work, the processor time of the server or time on the clock; for each connection,
   * what the server's memory or its heap grows by; or the most memory it had, in MiB.
   */
  readonly figure: "processor" | "clock" | "memory" | "heap" | "peak";
  /** Bytes of the answer to each piece. Without it, a server that was sent pieces says how many. */
  readonly answer?: number;
}

/** A scenario of loaded servers. They warm up by themselves, before their first round. */
export function loaded(definition: Scenario): Scenario {
  return scenario({ ...definition, warmUps: 0 });
}

/** All these servers under that load: `behavior` is what each has to do with a connection. */
export function underLoad(
  load: Load,
  behavior: string,
  servers: Readonly<Record<string, StreamServer>>,
): Record<string, Contender> {
  const entries = Object.entries(servers).map(([name, server]): [string, Contender] => [
    name,
    // Looked for when it is asked for, and not in every contender's process.
    new Loaded(load, server, behavior),
  ]);
  return Object.fromEntries(entries);
}

class Loaded implements Command {
  readonly #load: Load;
  readonly #server: StreamServer;
  readonly #behavior: string;

  constructor(load: Load, server: StreamServer, behavior: string) {
    this.#load = load;
    this.#server = server;
    this.#behavior = behavior;
  }

  get command(): readonly string[] | undefined {
    const server = this.#server(this.#behavior);
    if (server === undefined || loadClient() === undefined) return undefined;
    const program = new URL("streams-round.ts", import.meta.url).pathname;
    return [process.execPath, program, JSON.stringify(this.#load), ...server];
  }
}

let compiled: string | undefined;

/** The client, compiled if there is a compiler and what epoll is part of. */
export function loadClient(): string | undefined {
  if (compiled !== undefined) return compiled;
  const source = new URL("../load/load.c", import.meta.url).pathname;
  const folder = `${tmpdir()}/aio-bench-${process.getuid?.() ?? ""}`;
  const target = `${folder}/load`;
  try {
    if (!existsSync(target) || statSync(target).mtimeMs < statSync(source).mtimeMs) {
      mkdirSync(folder, { recursive: true });
      execFileSync("cc", ["-O2", "-o", target, source], { stdio: ["ignore", "ignore", "ignore"] });
    }
    compiled = target;
  } catch {
    return undefined;
  }
  return compiled;
}
