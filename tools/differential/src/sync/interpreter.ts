import { inspect } from "node:util";
import {
  Barrier,
  BoundedSemaphore,
  CancelledError,
  Condition,
  Event,
  type Guard,
  Lock,
  RuntimeError,
  Semaphore,
} from "@aio/sync";
import type { Operation, Program, Thing } from "./program.ts";
import type { Batch } from "./trace.ts";

type Primitive = Lock | Condition | Semaphore | Event | Barrier;

/** The classes to run a program over: those of `@aio/sync`, or a test's replacements. */
export interface Classes {
  readonly Lock: new () => Lock;
  readonly Condition: new (lock: Lock) => Condition;
  readonly Semaphore: new (value: number) => Semaphore;
  readonly BoundedSemaphore: new (value: number) => Semaphore;
  readonly Event: new () => Event;
  readonly Barrier: new (parties: number) => Barrier;
}

export const classes: Classes = { Lock, Condition, Semaphore, BoundedSemaphore, Event, Barrier };

/** Run a program over `@aio/sync`. The trace has the form of that of python/sync/interpreter.py. */
export async function interpret(program: Program, use: Classes = classes): Promise<Batch[]> {
  const world = new World(program, use);
  const trace: Batch[] = [];
  for (const batch of program.batches) {
    world.events = [];
    for (const operation of batch) world.operate(operation);
    await new Promise(setImmediate);
    trace.push({ events: world.events, states: world.states() });
  }
  return trace;
}

class World {
  events: [thing: number, call: number, text: string][] = [];
  readonly #owned: boolean;
  readonly #things: readonly Primitive[];
  readonly #lockOf: readonly number[];
  readonly #levels: number[];
  readonly #busy = new Map<number, AbortController>();
  readonly #held = new Map<string, Guard[]>();
  #calls = 0;

  constructor({ together, things }: Program, use: Classes) {
    this.#owned = together;
    const made: Primitive[] = [];
    for (const thing of things) made.push(make(thing, made, use));
    this.#things = made;
    this.#lockOf = things.map(([kind, lock], index) => (kind === "condition" ? lock : index));
    this.#levels = things.map(() => 0);
  }

  states(): string[] {
    return this.#things.map((thing) => /\[.*\]/.exec(inspect(thing))?.[0] ?? "");
  }

  operate([task, name, index, number]: Operation): void {
    const waiting = this.#busy.get(task);
    if (name === "cancel") waiting?.abort();
    if (name === "cancel" || waiting !== undefined) return;
    const thing = this.#things[index];
    if (this.#owned && belongs(name, thing) && this.#guards(task, index).length === 0) return;
    const controller = new AbortController();
    if (name === "refused") controller.abort();
    const options = number === 1 && name !== "refused" ? undefined : controller;
    const start = (): Promise<unknown> | undefined => {
      if (thing instanceof Barrier || thing instanceof Event) {
        if (name === "wait" || name === "refused") return thing.wait(options);
      } else if (name === "acquire" || name === "refused") {
        return thing?.acquire(options);
      }
      if (!(thing instanceof Condition)) return undefined;
      if (name === "wait") return thing.wait(options);
      if (name !== "waitFor") return undefined;
      const call = this.#calls;
      const predicate = (): boolean => {
        const holds = (this.#levels[index] ?? 0) >= number;
        this.events.push([index, call, `${task} predicate ${holds ? "True" : "False"}`]);
        return holds;
      };
      return thing.waitFor(predicate, options);
    };
    const started = start();
    if (started === undefined) this.#act(task, index, name, number);
    else this.#note(task, index, name, controller, started);
  }

  #act(task: number, index: number, name: string, number: number): void {
    const thing = this.#things[index];
    try {
      if (name === "put") this.#levels[index] = number;
      else if (name === "release" && this.#owned) releaseTwice(this.#guards(task, index).pop());
      else if (thing instanceof Barrier) thing[name === "reset" ? "reset" : "abort"]();
      else if (thing instanceof Event) thing[name === "set" ? "set" : "clear"]();
      else if (name === "release") thing?.release();
      else if (!(thing instanceof Condition)) throw new Error(`Unknown operation: ${name}`);
      else if (name === "notify") thing.notify(number);
      else thing.notifyAll();
    } catch (error) {
      this.events.push([index, -1, `${task} ${name} ${nameOf(error)}`]);
    }
  }

  #note(
    task: number,
    thing: number,
    name: string,
    controller: AbortController,
    waiting: Promise<unknown>,
  ): void {
    const call = this.#calls;
    this.#calls += 1;
    this.#busy.set(task, controller);
    const report = (outcome: string): void => {
      this.#busy.delete(task);
      this.events.push([thing, call, `${task} ${name} ${outcome}`]);
    };
    waiting.then(
      (value) => {
        if (name === "acquire") this.#guards(task, thing).push(value as Guard);
        return report(this.#things[thing] instanceof Barrier ? `place ${String(value)}` : "ok");
      },
      (error: unknown) => report(nameOf(error)),
    );
  }

  #guards(task: number, index: number): Guard[] {
    const key = `${task} ${this.#lockOf[index]}`;
    const guards = this.#held.get(key) ?? [];
    this.#held.set(key, guards);
    return guards;
  }
}

function make([kind, argument]: Thing, made: readonly Primitive[], use: Classes): Primitive {
  if (kind === "lock") return new use.Lock();
  if (kind === "condition") return new use.Condition(made[argument] as Lock);
  if (kind === "semaphore") return new use.Semaphore(argument);
  if (kind === "bounded") return new use.BoundedSemaphore(argument);
  return kind === "event" ? new use.Event() : new use.Barrier(argument);
}

/** A second release of a guard must do nothing, even if another caller holds the primitive by then. */
function releaseTwice(guard: Guard | undefined): void {
  guard?.release();
  guard?.release();
}

/** Whether only the holder of the primitive, or of its lock, may perform the operation. */
function belongs(name: string, thing: Primitive | undefined): boolean {
  if (thing instanceof Barrier || thing instanceof Event) return false;
  return ["release", "notify", "notifyAll", "wait", "waitFor"].includes(name);
}

/** Python's name for an error. */
function nameOf(error: unknown): string {
  if (error instanceof CancelledError) return "CancelledError";
  if (error instanceof RangeError) return "ValueError";
  if (error instanceof RuntimeError) return error.name;
  return String(error);
}
