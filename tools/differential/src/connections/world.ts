import { type Server, type StreamReader, type StreamWriter } from "@aio/streams";
import { Calls, settled } from "../scenarios/calls.ts";
import type { Outcome } from "../scenarios/host.ts";
import type { Argument, Step } from "../scenarios/language.ts";
import { type Verbs, outcomeOf } from "../scenarios/verbs.ts";
import type { Setting } from "./setting.ts";

/** One end of a connection. */
export interface End {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
}

/** An end passed to a server's callback, and the means to end that callback. */
export interface Arrival extends End {
  readonly finish?: (() => void) | undefined;
  readonly fail?: ((error: unknown) => void) | undefined;
}

/** The verbs of both kinds of targets. */
export interface WorldVerbs {
  readonly server: Verbs<World>;
  readonly end: Verbs<World>;
}

/** One run of a scenario on this side. */
export class World {
  setting: Setting;
  readonly told: Record<string, unknown> = {};
  readonly servers = new Map<string, Server>();
  readonly ends = new Map<string, Arrival>();
  readonly reports: string[] = [];
  readonly #arrivals: Arrival[] = [];
  #onArrival: (() => void) | undefined = undefined;
  callbacks = 0;
  handlers = 0;
  readonly #calls = new Calls((step, signal) =>
    outcomeOf(this.#verbs[step.target.startsWith("server") ? "server" : "end"], this, step, signal),
  );

  readonly #verbs: WorldVerbs;

  constructor(setting: Setting, verbs: WorldVerbs) {
    this.setting = setting;
    this.#verbs = verbs;
  }

  async perform(step: Step): Promise<Outcome> {
    return step.verb === "end" ? this.#end() : this.#calls.perform(step);
  }

  arrived(arrival: Arrival): void {
    this.callbacks += 1;
    this.#arrivals.push(arrival);
    this.#onArrival?.();
  }

  async nextArrival(): Promise<Arrival> {
    for (;;) {
      const arrival = this.#arrivals.shift();
      if (arrival !== undefined) return arrival;
      await new Promise<void>((resolve) => {
        this.#onArrival = resolve;
      });
    }
  }

  server(name: string): Server {
    const server = this.servers.get(name);
    if (server === undefined) throw new Error(`There is no server named ${name}`);
    return server;
  }

  end(name: string): Arrival {
    const end = this.ends.get(name);
    if (end === undefined) throw new Error(`There is no end named ${name}`);
    return end;
  }

  path(path: Argument | undefined): string {
    if (path === "abstract") return `\0${this.setting.path}`;
    return typeof path === "string" ? path : this.setting.path;
  }

  reader(name: string): StreamReader {
    return this.end(name).reader;
  }

  async #end(): Promise<Outcome> {
    const left = await this.#calls.giveUp();
    for (const server of this.servers.values()) server.close();
    for (const { writer, finish } of [...this.ends.values(), ...this.#arrivals]) {
      writer.abort();
      finish?.();
    }
    for (let turns = 0; turns < 40 && this.#tasks() > 0; turns++) await settled();
    const counts = `${left} calls, ${this.#tasks()} tasks, ${this.callbacks} callbacks`;
    return ["ok", counts, ...this.reports];
  }

  /** The number of running handlers and of clients that servers still count. */
  #tasks(): number {
    const clients = [...this.servers.values()].map(({ connections }) => connections);
    return this.handlers + clients.reduce((sum, count) => sum + count, 0);
  }
}
