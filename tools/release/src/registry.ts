import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { outside } from "./run.ts";

/** The registry's data about a package. */
export interface Published {
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, { readonly dependencies?: Record<string, string> }>>;
}

/** A registry on a free loopback port. It has only what is published to it. */
export class Registry implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** Start a registry that keeps its files in `folder`. */
  static async start(folder: string): Promise<Registry> {
    const port = await freePort();
    const config = join(folder, "config.yaml");
    const settings = {
      storage: join(folder, "storage"),
      auth: { htpasswd: { file: join(folder, "htpasswd") } },
      packages: { "@aio/*": { access: "$all", publish: "$all" } },
      web: { enable: false },
      log: { type: "stdout", level: "fatal" },
    };
    // YAML is a superset of JSON.
    writeFileSync(config, JSON.stringify(settings));
    const program = outside("verdaccio/bin/verdaccio");
    const args = [program, "--config", config, "--listen", `127.0.0.1:${port}`];
    const process = spawn(globalThis.process.execPath, args, { stdio: "ignore" });
    const url = `http://127.0.0.1:${port}/`;
    while (!(await answers(`${url}-/ping`))) {
      if (process.exitCode !== null) throw new Error(`verdaccio ended with ${process.exitCode}`);
      await sleep(20);
    }
    return new Registry(url, process);
  }

  /** Fetch the registry's data about a package. */
  async published(name: string): Promise<Published> {
    const response = await fetch(`${this.url}@aio%2f${name}`);
    return (await response.json()) as Published;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
