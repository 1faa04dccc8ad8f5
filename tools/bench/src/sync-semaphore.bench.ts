import { Semaphore } from "@aio/sync";
import { getSemaphore } from "@henrygd/semaphore";
import { Semaphore as AsyncMutexSemaphore } from "async-mutex";
import { Sema } from "async-sema";
import { Semaphore as EsToolkitSemaphore } from "es-toolkit";
import pLimit from "p-limit";
import { createLock } from "superlock";
import { nanosecondsEach, together } from "./measure.ts";
import { pythonCommand } from "./python.ts";
import { scenario } from "./scenario.ts";

const tasks = 10_000;
const permits = 8;

// Like the lock's floor in sync-lock.bench.ts, plus one hop: each task awaits something while it holds its
// permit, so that eight run at a time.
let resolves: (() => void)[] = [];
let next = 0;
let free = permits;
const turn = Promise.resolve();
const enqueue = (resolve: () => void): void => {
  resolves.push(resolve);
};

export const eightPermits = scenario({
  title: `Semaphore: ${tasks.toLocaleString("en")} tasks share ${permits} permits, awaiting inside`,
  unit: "ns per task",
  subject: "@aio/sync",
  aims: { floor: 1.3, superlock: 0.9 },
  contenders: {
    floor: () =>
      nanosecondsEach(tasks, () => {
        resolves = [];
        next = 0;
        free = permits;
        return together(tasks, async () => {
          if (free > 0) {
            free -= 1;
            await Promise.resolve();
          } else {
            await new Promise<void>(enqueue);
          }
          await turn;
          resolves[next++]?.();
        });
      }),
    "@aio/sync": () => {
      const semaphore = new Semaphore(permits);
      const task = async (): Promise<void> => {
        const permit = await semaphore.acquire();
        await turn;
        permit.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    superlock: () => {
      const lock = createLock(permits);
      const task = async (): Promise<void> => {
        const release = await lock();
        await turn;
        release?.();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "async-mutex": () => {
      const semaphore = new AsyncMutexSemaphore(permits);
      const task = async (): Promise<void> => {
        const [, release] = await semaphore.acquire();
        await turn;
        release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "async-sema": () => {
      const sema = new Sema(permits);
      const task = async (): Promise<void> => {
        const token: unknown = await sema.acquire();
        await turn;
        sema.release(token);
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "@henrygd/semaphore": () => {
      const semaphore = getSemaphore(undefined, permits);
      const task = async (): Promise<void> => {
        await semaphore.acquire();
        await turn;
        semaphore.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "es-toolkit": () => {
      const semaphore = new EsToolkitSemaphore(permits);
      const task = async (): Promise<void> => {
        await semaphore.acquire();
        await turn;
        semaphore.release();
      };
      return nanosecondsEach(tasks, () => together(tasks, task));
    },
    "p-limit": () => {
      const limit = pLimit(permits);
      return nanosecondsEach(tasks, () => together(tasks, () => limit(() => turn)));
    },
    effect: async () => (await import("./sync-effect.ts")).crowd(permits, tasks, true),
    "CPython asyncio": pythonCommand("sync.py", "semaphore", `${tasks}`),
  },
});
