import { Lock } from "@aio/sync";
import { createLock } from "superlock";
import { nanosecondsEach, nanosecondsEachAfter } from "./measure.ts";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

type Wait = (signal: AbortSignal) => Promise<unknown>;
type Make = () => { wait: Wait; waitForever?: () => Promise<unknown> };

// The floor: a promise that rejects when its signal aborts needs at least a listener. It is in no queue,
// and the error is the signal's reason, created by abort().
const floor: Make = () => ({
  wait: (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    }),
  waitForever: () => new Promise(() => {}),
});

const lock: Make = () => {
  const taken = new Lock();
  taken.tryAcquire();
  return { wait: (signal) => taken.acquire({ signal }), waitForever: () => taken.acquire() };
};

const superlock: Make = () => {
  const taken = createLock();
  void taken();
  return { wait: taken, waitForever: taken };
};

const ignore = (): void => {};

/** A pseudorandom order, the same in every run. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = items.slice();
  let state = 1;
  for (let last = result.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
    const other = state % (last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

const controllers = (count: number): AbortController[] =>
  Array.from({ length: count }, () => new AbortController());

const waiters = 100_000;

const enqueuing =
  (make: Make): Round =>
  () =>
    nanosecondsEachAfter(waiters, () => {
      const signals = controllers(waiters).map((controller) => controller.signal);
      const { wait } = make();
      return () => {
        for (const signal of signals) void wait(signal);
      };
    });

/** `cancels` waiters, spread over a queue of `length`, are aborted in random order. */
const aborting =
  (make: Make, length: number, cancels: number): Round =>
  () =>
    nanosecondsEachAfter(cancels, () => {
      const { wait, waitForever } = make();
      const leaving = controllers(cancels);
      const between = length / cancels - 1;
      for (const { signal } of leaving) {
        wait(signal).catch(ignore);
        for (let n = 0; n < between; n += 1) void waitForever?.();
      }
      const order = shuffled(leaving);
      return async () => {
        for (const controller of order) controller.abort();
        // Runs after the rejections, which are already queued.
        await Promise.resolve();
      };
    });

export const enqueue = scenario({
  title: `Lock: ${waiters.toLocaleString("en")} waiters enqueue, on separate signals`,
  unit: "ns per waiter",
  subject: "@aio/sync",
  aims: { floor: 1.5 },
  contenders: {
    floor: enqueuing(floor),
    "@aio/sync": enqueuing(lock),
    superlock: enqueuing(superlock),
  },
});

export const abort = scenario({
  title: `Lock: ${waiters.toLocaleString("en")} waiters abort in random order, on separate signals`,
  unit: "ns per abort",
  subject: "@aio/sync",
  rounds: 3,
  aims: { floor: 1.5 },
  note: "superlock's waiters resolve with null, so it creates no error. Effect can interrupt waiters, but takes 0.5 ms to add one to a queue of 100,000.",
  contenders: {
    floor: aborting(floor, waiters, waiters),
    "@aio/sync": aborting(lock, waiters, waiters),
    superlock: aborting(superlock, waiters, waiters),
  },
});

const cancels = 10_000;

export const abortInLongQueue = scenario({
  title: `Lock: ${cancels.toLocaleString("en")} aborts, in a queue of 10,000 and in one of 1,000,000`,
  unit: "ns per abort",
  subject: "@aio/sync at 1,000,000",
  aims: { "@aio/sync at 10,000": 2 },
  rounds: 5,
  // A round at 10,000 aborts only some 20,000 waiters, too few for V8 to optimize everything.
  warmUps: 5,
  contenders: {
    "floor at 10,000": aborting(floor, 10_000, cancels),
    "floor at 1,000,000": aborting(floor, 1_000_000, cancels),
    "@aio/sync at 10,000": aborting(lock, 10_000, cancels),
    "@aio/sync at 1,000,000": aborting(lock, 1_000_000, cancels),
    "superlock at 10,000": aborting(superlock, 10_000, cancels),
    "superlock at 1,000,000": aborting(superlock, 1_000_000, cancels),
    "CPython asyncio at 10,000": pythonCommand("sync.py", "cancel", "10000", "1000"),
    "CPython asyncio at 100,000": pythonCommand("sync.py", "cancel", "100000", "1000"),
  },
});

/** All wait on one signal, which aborts. Measures from the first call to the last handled rejection. */
const shared =
  (make: Make, count: number): Round =>
  () =>
    nanosecondsEach(count, async () => {
      const { wait } = make();
      const controller = new AbortController();
      for (let n = 0; n < count; n += 1) wait(controller.signal).catch(ignore);
      controller.abort();
      await Promise.resolve();
    });

// Here the floor is a single listener, which calls an array of `reject`s.
const sharedFloor: Make = () => {
  const rejects: ((error: Error) => void)[] = [];
  const waitOne = (_: unknown, reject: (error: Error) => void): void => void rejects.push(reject);
  let listening = false;
  return {
    wait: (signal) => {
      if (!listening) {
        listening = true;
        signal.addEventListener("abort", () => {
          for (const reject of rejects) reject(signal.reason as Error);
        });
      }
      return new Promise(waitOne);
    },
  };
};

export const oneSignal = scenario({
  title: "Lock: waiters share one signal, which aborts",
  unit: "ns per waiter",
  subject: "@aio/sync at 100,000",
  aims: { "@aio/sync at 1,000": 1.2 },
  note: "superlock adds a listener per waiter, which takes Node time in proportion to the existing listeners.",
  rounds: 5,
  contenders: {
    "floor at 1,000": shared(sharedFloor, 1_000),
    "floor at 100,000": shared(sharedFloor, 100_000),
    "@aio/sync at 1,000": shared(lock, 1_000),
    "@aio/sync at 10,000": shared(lock, 10_000),
    "@aio/sync at 100,000": shared(lock, 100_000),
    "superlock at 1,000": shared(superlock, 1_000),
    "superlock at 10,000": shared(superlock, 10_000),
  },
});
