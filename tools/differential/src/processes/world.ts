import { closeSync, openSync } from "node:fs";
import type { Process, StreamReader } from "@aio/subprocess";
import { Calls, settled } from "../scenarios/calls.ts";
import type { Outcome } from "../scenarios/host.ts";
import type { Step } from "../scenarios/language.ts";
import { type Verbs, outcomeOf } from "../scenarios/verbs.ts";

/** What a process scenario runs over. */
export interface Setting {
  /** The pipes of `@aio/subprocess`: Node's socket pairs, or operating system pipes. */
  readonly over: "sockets" | "os";
  /** The path of a file that does not exist at first. */
  readonly file: string;
}

/** One run of a scenario on this side. */
export class World {
  readonly setting: Setting;
  readonly processes = new Map<string, Process>();
  /** Pids that children have printed, by name. */
  readonly others = new Map<string, number>();
  readonly #files: number[] = [];
  readonly #calls: Calls;

  constructor(setting: Setting, verbs: Verbs<World>) {
    this.setting = setting;
    this.#calls = new Calls((step, signal) => outcomeOf(verbs, this, step, signal));
  }

  perform(step: Step): Promise<Outcome> {
    return step.verb === "end" ? this.#end() : this.#calls.perform(step);
  }

  process(name: string): Process {
    const process = this.processes.get(name);
    if (process === undefined) throw new Error(`There is no process named ${name}`);
    return process;
  }

  reader(name: string, source: unknown = "stdout"): StreamReader {
    const reader = this.process(name)[source as "stdout" | "stderr"];
    if (reader === null) throw new Error(`The ${String(source)} of ${name} is not a pipe`);
    return reader;
  }

  open(flags: string): number {
    const descriptor = openSync(this.setting.file, flags, 0o600);
    this.#files.push(descriptor);
    return descriptor;
  }

  async #end(): Promise<Outcome> {
    const left = await this.#calls.giveUp();
    for (const pid of this.others.values()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has already exited.
      }
    }
    for (const child of this.processes.values()) {
      if (child.returncode === null) child.kill();
      await child[Symbol.asyncDispose]();
    }
    for (const descriptor of this.#files) closeSync(descriptor);
    await settled();
    return ["ok", `${left} calls, 0 tasks`];
  }
}
