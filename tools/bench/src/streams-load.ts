import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Command, type Contender, type Scenario, scenario } from "./scenario.ts";
import type { StreamServer } from "./streams-servers.ts";

/** The load that a client puts on a server, and the figure to measure. */
export interface Load {
  /** The arguments of load/load.c, without the port. */
  readonly client: readonly [mode: "send" | "echo" | "open" | "cast" | "idle", ...rest: string[]];
  /**
   * Per operation, the server's processor time or the wall-clock time; per connection, the growth of the
   * server's memory or heap; or its peak memory in MiB.
   */
  readonly figure: "processor" | "clock" | "memory" | "heap" | "peak";
  /** The size of the answer to each piece. By default, the server answers once, with their number. */
  readonly answer?: number;
}

/** A scenario with servers under load. They warm up by themselves before their first round. */
export function loaded(definition: Scenario): Scenario {
  return scenario({ ...definition, warmUps: 0 });
}

/** These servers under that load. `behavior` names what each does with a connection. */
export function underLoad(
  load: Load,
  behavior: string,
  servers: Readonly<Record<string, StreamServer>>,
): Record<string, Contender> {
  const entries = Object.entries(servers).map(([name, server]): [string, Contender] => [
    name,
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

  // Lazy, so that contenders' processes do not look for runtimes.
  get command(): readonly string[] | undefined {
    const server = this.#server(this.#behavior);
    if (server === undefined || loadClient() === undefined) return undefined;
    const program = new URL("streams-round.ts", import.meta.url).pathname;
    return [process.execPath, program, JSON.stringify(this.#load), ...server];
  }
}

let compiled: string | undefined;

/** The path of the client, compiled on first use, or `undefined` if that fails. */
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
