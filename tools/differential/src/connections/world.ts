import { type Server, type StreamReader, type StreamWriter } from "@aio/streams";
import { Calls, settled } from "../scenarios/calls.ts";
import { failure, shown } from "../scenarios/failure.ts";
import type { Outcome } from "../scenarios/host.ts";
import type { Argument, Step } from "../scenarios/language.ts";
import type { Setting } from "./setting.ts";

/** One end of a connection. */
export interface End {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
}

/** An end that a server's callback was called with, and how to end that callback. */
export interface Arrival extends End {
  readonly finish?: (() => void) | undefined;
  readonly fail?: ((error: unknown) => void) | undefined;
}

/** What a verb gets: its step is taken apart. */
export interface Doing {
  readonly world: World;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly options: Step["options"];
  readonly signal: AbortSignal;
}

export type Verbs = Readonly<Record<string, (doing: Doing) => unknown>>;

/** One scenario on our side. */
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
  readonly #calls = new Calls((step, signal) => this.#outcomeOf(step, signal));

  readonly #verbs: { readonly server: Verbs; readonly end: Verbs };

  constructor(setting: Setting, verbs: { readonly server: Verbs; readonly end: Verbs }) {
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
    if (server === undefined) throw new Error(`No server has the name ${name}`);
    return server;
  }

  end(name: string): Arrival {
    const end = this.ends.get(name);
    if (end === undefined) throw new Error(`No end has the name ${name}`);
    return end;
  }

  async #outcomeOf(step: Step, signal: AbortSignal): Promise<Outcome> {
    const { target: name, verb, args, options } = step;
    const perform = this.#verbs[name.startsWith("server") ? "server" : "end"][verb];
    if (perform === undefined) throw new Error(`No such verb: ${step.text}`);
    try {
      const value = await perform({ world: this, name, args, options, signal });
      if (value === undefined) return ["ok"];
      if (Buffer.isBuffer(value)) return ["ok", shown(value)];
      return ["ok", ...((Array.isArray(value) ? value : [value]) as Outcome)];
    } catch (error) {
      return failure(error);
    }
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

  /** What still goes on: handlers, and clients that servers count. */
  #tasks(): number {
    const clients = [...this.servers.values()].map(({ connections }) => connections);
    return this.handlers + clients.reduce((sum, count) => sum + count, 0);
  }
}
