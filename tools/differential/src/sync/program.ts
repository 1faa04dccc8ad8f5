import { drawsOf } from "../random.ts";

/**
 * One operation: which task does what, at which thing, with which number. A call with the number 1 is
 * one without a signal: it cannot be cancelled.
 */
export type Operation = readonly [task: number, name: string, thing: number, number: number];

/** What tasks wait at, and what it is made with: a condition with the index of its lock. */
export type Thing = readonly [
  kind: "lock" | "condition" | "semaphore" | "bounded" | "event" | "barrier",
  argument: number,
];

/**
 * What both interpreters run. Each batch of operations is carried out in one go, with no time for
 * a waiter to wake in between; then everything settles, and the next batch follows.
 */
export interface Program {
  readonly seed: number;
  /** Whether batches have more than one operation. Then only its holder releases a thing. */
  readonly together: boolean;
  readonly things: readonly Thing[];
  readonly batches: readonly (readonly Operation[])[];
}

/** The program that belongs to `seed`. */
export function programOf(seed: number): Program {
  const below = drawsOf(seed);
  const together = seed % 2 === 1;
  const things = worlds[below(worlds.length)]?.(below) ?? [];
  const tasks = 3 + below(4);
  // Programs with a condition begin with sleepers: chance alone seldom gives as many.
  const condition = things.findIndex(([kind]) => kind === "condition");
  const sleepers = condition === -1 ? 0 : below(tasks);
  const preamble = Array.from({ length: sleepers }, (_, task): Operation[][] => [
    [[task, "acquire", condition, 0]],
    [[task, "wait", condition, below(4)]],
  ]).flat();
  // The first tasks are those that sleep, so an operation is more likely one of the last.
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

// Few things, so that tasks meet.
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

// A name that stands more often is drawn more often.
const namesOf: Readonly<Record<Thing[0], string>> = {
  lock: "acquire acquire acquire release release cancel refused",
  condition:
    "acquire acquire release wait wait waitFor put notify notify notify notifyAll cancel cancel cancel refused",
  semaphore: "acquire acquire acquire release release cancel refused",
  bounded: "acquire acquire acquire release release cancel refused",
  event: "wait wait wait wait set clear cancel refused",
  barrier: "wait wait wait wait wait wait cancel reset abort refused",
};
