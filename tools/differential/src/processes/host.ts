import type { Host, Reply, Request } from "../scenarios/host.ts";
import { verbs } from "./verbs.ts";
import { type Setting, World } from "./world.ts";

/** Runs scenarios over `@aio/subprocess`. */
export class SubprocessHost implements Host {
  readonly name = "aio";
  readonly #worlds = new Map<string, World>();

  async perform({ world: name, step, setting }: Request): Promise<Reply> {
    const world = this.#worlds.get(name) ?? new World(setting as unknown as Setting, verbs);
    this.#worlds.set(name, world);
    const outcome = await world.perform(step);
    if (step.verb === "end") this.#worlds.delete(name);
    return { outcome };
  }
}
