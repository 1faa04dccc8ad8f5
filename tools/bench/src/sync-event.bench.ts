import { Event } from "@aio/sync";
import { Mutex } from "async-mutex";
import { nanosecondsEach, nanosecondsEachAfter, together } from "./measure.ts";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

const waiters = 100_000;
const signal = new AbortController().signal;

/** All tasks wait until `wake()`. */
type Program = () => { all: Promise<void>; wake: () => unknown };

const whole =
  (program: Program): Round =>
  () =>
    nanosecondsEach(waiters, async () => {
      const { all, wake } = program();
      wake();
      await all;
    });

const waking =
  (program: Program): Round =>
  () =>
    nanosecondsEachAfter(waiters, () => {
      const { all, wake } = program();
      return () => {
        wake();
        return all;
      };
    });

// The floor: one promise that all tasks await. Each task costs an async function's promise and frame, one
// reaction, one hop, and a place in Promise.all.
const floor: Program = () => {
  let wake: (() => void) | undefined;
  const up = new Promise<void>((resolve) => (wake = resolve));
  return {
    all: together(waiters, async () => {
      await up;
    }),
    wake: () => wake?.(),
  };
};

const event: Program = () => {
  const flag = new Event();
  return {
    all: together(waiters, async () => {
      await flag.wait();
    }),
    wake: () => flag.set(),
  };
};

const eventWithSignal: Program = () => {
  const flag = new Event();
  return {
    all: together(waiters, async () => {
      await flag.wait({ signal });
    }),
    wake: () => flag.set(),
  };
};

const asyncMutex: Program = () => {
  const mutex = new Mutex();
  void mutex.acquire();
  return {
    all: together(waiters, async () => {
      await mutex.waitForUnlock();
    }),
    wake: () => mutex.release(),
  };
};

const note =
  "async-mutex has no event, so its waiters wait for an unlock. The other peers have nothing similar.";

export const waitAndSet = scenario({
  title: `Event: ${waiters.toLocaleString("en")} tasks wait, and set() wakes them`,
  unit: "ns per waiter",
  subject: "@aio/sync",
  aims: { floor: 1.1, effect: 0.6, "async-mutex": 0.6, "CPython asyncio": 0.1 },
  note,
  contenders: {
    floor: whole(floor),
    "@aio/sync": whole(event),
    "@aio/sync, with a signal": whole(eventWithSignal),
    "async-mutex": whole(asyncMutex),
    effect: async () => (await import("./sync-effect.ts")).latch(waiters, false),
    "CPython asyncio": pythonCommand("sync.py", "event", `${waiters}`),
  },
});

export const wake = scenario({
  title: `Event: from set() until ${waiters.toLocaleString("en")} tasks are awake`,
  unit: "ns per waiter",
  subject: "@aio/sync",
  aims: { floor: 1.1, effect: 0.6, "async-mutex": 0.6, "CPython asyncio": 0.1 },
  note,
  contenders: {
    floor: waking(floor),
    "@aio/sync": waking(event),
    "@aio/sync, with a signal": waking(eventWithSignal),
    "async-mutex": waking(asyncMutex),
    effect: async () => (await import("./sync-effect.ts")).latch(waiters, true),
    "CPython asyncio": pythonCommand("sync.py", "event-wake", `${waiters}`),
  },
});
