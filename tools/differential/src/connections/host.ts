import type { Host, Reply, Request } from "../scenarios/host.ts";
import { endVerbs } from "./end-verbs.ts";
import { serverVerbs } from "./server-verbs.ts";
import type { Setting } from "./setting.ts";
import { World, type WorldVerbs } from "./world.ts";

export const verbs: WorldVerbs = { server: serverVerbs, end: endVerbs };

/** Runs scenarios over `@aio/streams`. */
export class StreamsHost implements Host {
  readonly name = "aio";
  readonly #verbs: WorldVerbs;
  readonly #worlds = new Map<string, World>();

  /** @param use - Lets a test replace verbs. */
  constructor(use: WorldVerbs = verbs) {
    this.#verbs = use;
  }

  async perform({ world: name, step, setting }: Request): Promise<Reply> {
    const world = this.#worlds.get(name) ?? new World(setting as unknown as Setting, this.#verbs);
    this.#worlds.set(name, world);
    world.setting = setting as unknown as Setting;
    const outcome = await world.perform(step);
    if (step.verb === "end") this.#worlds.delete(name);
    return { outcome, setting: world.told };
  }
}
