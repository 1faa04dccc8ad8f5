import { Lock } from "@aio/sync";
import { getSemaphore } from "@henrygd/semaphore";
import { Mutex } from "async-mutex";
import { Sema } from "async-sema";
import { Mutex as EsToolkitMutex } from "es-toolkit";
import pLimit from "p-limit";
import { createLock } from "superlock";
import { nanosecondsEach, together } from "./measure.ts";
import { pythonCommand } from "./python.ts";
import { scenario } from "./scenario.ts";

const pairs = 20_000;

// The floor: one hop, since awaiting a fulfilled promise takes one microtask. It allocates only that
// promise; a flag marks the lock as held.
let held = false;
const token = {};

export const uncontended = scenario({
  title: "Lock: acquire and release, uncontended",
  unit: "ns per pair",
  subject: "@aio/sync",
  aims: { floor: 1.4, superlock: 0.8, "async-mutex": 0.1 },
  contenders: {
    floor: () =>
      nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          if (held) throw new Error("held");
          held = true;
          await Promise.resolve(token);
          held = false;
        }
      }),
    "@aio/sync": () => {
      const lock = new Lock();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          const guard = await lock.acquire();
          guard.release();
        }
      });
    },
    "@aio/sync, lock.release()": () => {
      const lock = new Lock();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          await lock.acquire();
          lock.release();
        }
      });
    },
    "@aio/sync, tryAcquire()": () => {
      const lock = new Lock();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          const guard = lock.tryAcquire() ?? (await lock.acquire());
          guard.release();
        }
      });
    },
    superlock: () => {
      const lock = createLock();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          const release = await lock();
          release?.();
        }
      });
    },
    "async-mutex": () => {
      const mutex = new Mutex();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          const release = await mutex.acquire();
          release();
        }
      });
    },
    "async-sema": () => {
      const sema = new Sema(1);
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          await sema.acquire();
          sema.release();
        }
      });
    },
    "@henrygd/semaphore": () => {
      const semaphore = getSemaphore();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          await semaphore.acquire();
          semaphore.release();
        }
      });
    },
    "es-toolkit": () => {
      const mutex = new EsToolkitMutex();
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) {
          await mutex.acquire();
          mutex.release();
        }
      });
    },
    "p-limit": () => {
      const limit = pLimit(1);
      return nanosecondsEach(pairs, async () => {
        for (let n = 0; n < pairs; n += 1) await limit(nothing);
      });
    },
    effect: async () => (await import("./sync-effect.ts")).uncontended(pairs),
    "CPython asyncio": pythonCommand("sync.py", "uncontended", `${pairs}`),
  },
});

const tasks = 10_000;

// The cost of a task with any lock: an async function that awaits a pending promise, the promise, its
// `resolve`, one hop, and a place in Promise.all. The floor keeps the `resolve`s in an array, and each task
// calls the next one's. It allocates no closure, no node and no guard per task.
let resolves: (() => void)[] = [];
let next = 0;
const enqueue = (resolve: () => void): void => {
  resolves.push(resolve);
};

export const handOff = scenario({
  title: `Lock: ${tasks.toLocaleString("en")} tasks hand off one lock`,
  unit: "ns per task",
  subject: "@aio/sync",
  aims: { floor: 1.15, superlock: 0.85, "async-mutex": 1 / 7, "CPython asyncio": 0.1 },
  contenders: {
    floor: () =>
      nanosecondsEach(tasks, () => {
        resolves = [];
        next = 0;
        held = false;
        return together(tasks, async () => {
          if (held) {
            await new Promise<void>(enqueue);
          } else {
            held = true;
            await Promise.resolve();
          }
          resolves[next++]?.();
        });
      }),
    "@aio/sync": () => {
      const lock = new Lock();
      const task = async (): Promise<void> => {
        const guard = await lock.acquire();
        guard.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    superlock: () => {
      const lock = createLock();
      const task = async (): Promise<void> => {
        const release = await lock();
        release?.();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "async-mutex": () => {
      const mutex = new Mutex();
      const task = async (): Promise<void> => {
        const release = await mutex.acquire();
        release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "async-sema": () => {
      const sema = new Sema(1);
      const task = async (): Promise<void> => {
        await sema.acquire();
        sema.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "@henrygd/semaphore": () => {
      const semaphore = getSemaphore();
      const task = async (): Promise<void> => {
        await semaphore.acquire();
        semaphore.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "es-toolkit": () => {
      const mutex = new EsToolkitMutex();
      const task = async (): Promise<void> => {
        await mutex.acquire();
        mutex.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "p-limit": () => {
      const limit = pLimit(1);
      return nanosecondsEach(tasks, () => together(tasks, () => limit(nothing)));
    },
    effect: async () => (await import("./sync-effect.ts")).crowd(1, tasks),
    "CPython asyncio": pythonCommand("sync.py", "lock", `${tasks}`),
  },
});

function nothing(): void {}
