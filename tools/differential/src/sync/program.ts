import { drawsOf } from "../random.ts";

/**
 * One operation: a task, an action, the index of a primitive, and a number. A call with the number 1 has
 * no signal, so it cannot be cancelled.
 */
export type Operation = readonly [task: number, name: string, thing: number, number: number];

/** A primitive and its argument; for a condition, the index of its lock. */
export type Thing = readonly [
  kind: "lock" | "condition" | "semaphore" | "bounded" | "event" | "barrier",
  argument: number,
];

/**
 * What both interpreters run. The operations of a batch run in one go, so that no waiter wakes in
 * between; then everything settles before the next batch.
 */
export interface Program {
  readonly seed: number;
  /** Whether batches have several operations. If so, only its holder releases a primitive. */
  readonly together: boolean;
  readonly things: readonly Thing[];
  readonly batches: readonly (readonly Operation[])[];
}

/** The program for `seed`. */
export function programOf(seed: number): Program {
  const below = drawsOf(seed);
  const together = seed % 2 === 1;
  const things = worlds[below(worlds.length)]?.(below) ?? [];
  const tasks = 3 + below(4);
  // Programs with a condition start with sleepers, since random operations rarely produce enough.
  const condition = things.findIndex(([kind]) => kind === "condition");
  const sleepers = condition === -1 ? 0 : below(tasks);
  const preamble = Array.from({ length: sleepers }, (_, task): Operation[][] => [
    [[task, "acquire", condition, 0]],
    [[task, "wait", condition, below(4)]],
  ]).flat();
  // The first tasks sleep, so operations favor the last ones.
  const active = (): number => tasks - 1 - Math.floor((below(2 ** 32) / 2 ** 32) ** 2 * tasks);
  const batches = Array.from({ length: 8 + below(25) }, () =>
    Array.from({ length: together ? 1 + below(5) : 1 }, (): Operation => {
      const thing = below(things.length);
      const [kind] = things[thing] ?? ["lock"];
      const names = namesOf[kind].split(" ");
      const name = names[below(names.length)] ?? "cancel";
      const task = name === "cancel" ? below(tasks) : active();
      return [task, name, thing, below(kind === "event" ? 2 : 4)];
    }),
  );
  return { seed, together, things, batches: [...preamble, ...batches] };
}

// Few primitives, so that tasks contend.
const worlds: readonly ((below: (limit: number) => number) => Thing[])[] = [
  () => [["lock", 0]],
  () => [
    ["lock", 0],
    ["lock", 0],
  ],
  () => [
    ["lock", 0],
    ["condition", 0],
  ],
  () => [
    ["lock", 0],
    ["condition", 0],
  ],
  () => [
    ["lock", 0],
    ["condition", 0],
    ["condition", 0],
  ],
  (below) => [["semaphore", below(3)]],
  (below) => [["bounded", 1 + below(3)]],
  () => [["event", 0]],
  (below) => [["barrier", 1 + below(4)]],
  (below) => [
    ["semaphore", below(2)],
    ["event", 0],
    ["barrier", 2 + below(2)],
  ],
  (below) => [
    ["lock", 0],
    ["condition", 0],
    ["semaphore", below(2)],
    ["event", 0],
    ["barrier", 2],
  ],
];

// Repeating a name makes it more likely.
const namesOf: Readonly<Record<Thing[0], string>> = {
  lock: "acquire acquire acquire release release cancel refused",
  condition:
    "acquire acquire release wait wait waitFor put notify notify notify notifyAll cancel cancel cancel refused",
  semaphore: "acquire acquire acquire release release cancel refused",
  bounded: "acquire acquire acquire release release cancel refused",
  event: "wait wait wait wait set clear cancel refused",
  barrier: "wait wait wait wait wait wait cancel reset abort refused",
};
