import { Lock } from "@aio/sync";
import { getSemaphore } from "@henrygd/semaphore";
import { Mutex } from "async-mutex";
import { Sema } from "async-sema";
import { Mutex as EsToolkitMutex } from "es-toolkit";
import pLimit from "p-limit";
import { createLock } from "superlock";
import { bytesEach } from "./measure.ts";
import { type Round, scenario } from "./scenario.ts";

const waiters = 1_000_000;

/** Bytes that each call of `make()` retains. The first call finds the lock free. */
const bytesPerWaiter =
  (make: () => () => unknown): Round =>
  () => {
    const wait = make();
    void wait();
    return bytesEach(waiters, wait);
  };

// A pending promise and its `resolve`, in a preallocated array: the promise (48 bytes), the function (64),
// the context that it shares with `reject` (48), and a slot (8).
const bare = bytesPerWaiter(() => {
  const resolves: unknown[] = Array(waiters + 1);
  let length = 0;
  const enqueue = (resolve: unknown): void => {
    resolves[length++] = resolve;
  };
  return () => new Promise(enqueue);
});

// With `reject`, which a waiter needs so that it can be aborted.
const bareRejectable = bytesPerWaiter(() => {
  const functions: unknown[] = Array(2 * waiters + 2);
  let length = 0;
  const enqueue = (resolve: unknown, reject: unknown): void => {
    functions[length++] = resolve;
    functions[length++] = reject;
  };
  return () => new Promise(enqueue);
});

export const waiter = scenario({
  title: `Lock: heap per waiter, with ${waiters.toLocaleString("en")} waiters`,
  unit: "bytes",
  subject: "@aio/sync",
  aims: { floor: 1.4, superlock: 0.65 },
  rounds: 1,
  warmUps: 0,
  contenders: {
    floor: bare,
    "@aio/sync": bytesPerWaiter(() => {
      const lock = new Lock();
      return () => lock.acquire();
    }),
    superlock: bytesPerWaiter(() => {
      const lock = createLock();
      return () => lock();
    }),
    "async-mutex": bytesPerWaiter(() => {
      const mutex = new Mutex();
      return () => mutex.acquire();
    }),
    "async-sema": bytesPerWaiter(() => {
      const sema = new Sema(1);
      return () => sema.acquire();
    }),
    "@henrygd/semaphore": bytesPerWaiter(() => {
      const semaphore = getSemaphore();
      return () => semaphore.acquire();
    }),
    "es-toolkit": bytesPerWaiter(() => {
      const mutex = new EsToolkitMutex();
      return () => mutex.acquire();
    }),
    "p-limit": bytesPerWaiter(() => {
      const limit = pLimit(1);
      return () => limit(forever);
    }),
  },
});

export const waiterWithSignal = scenario({
  title: `Lock: heap per waiter, with ${waiters.toLocaleString("en")} waiters on one signal`,
  unit: "bytes",
  subject: "@aio/sync",
  aims: { floor: 330 / 216 },
  rounds: 1,
  warmUps: 0,
  note: "The floor keeps both functions of the promise. The peers are left out: adding a listener takes Node time in proportion to the existing listeners, so they would take days.",
  contenders: {
    floor: bareRejectable,
    "@aio/sync": bytesPerWaiter(() => {
      const lock = new Lock();
      const { signal } = new AbortController();
      return () => lock.acquire({ signal });
    }),
  },
});

const forever = (): Promise<never> => new Promise(() => {});
