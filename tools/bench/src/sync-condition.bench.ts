import { Condition } from "@aio/sync";
import { Sema } from "async-sema";
import { nanosecondsEach, nanosecondsEachAfter, together } from "./measure.ts";
import { pythonCommand } from "./python.ts";
import { type Round, scenario } from "./scenario.ts";

const waiters = 10_000;

/** Resolves when all tasks are asleep and the caller holds the lock. */
type Program = () => Promise<{ all: Promise<void>; wake: () => unknown }>;

const whole =
  (program: Program): Round =>
  () =>
    nanosecondsEach(waiters, async () => {
      const { all, wake } = await program();
      wake();
      await all;
    });

const waking =
  (program: Program): Round =>
  () =>
    nanosecondsEachAfter(waiters, async () => {
      const { all, wake } = await program();
      return () => {
        wake();
        return all;
      };
    });

// The floor: two hops per waiter, each through a pending promise. The first hands it the lock before it
// sleeps, the second hands it the lock after the notification.
const floor: Program = async () => {
  const forLock: (() => void)[] = [];
  const asleep: (() => void)[] = [];
  const queue = (resolve: () => void): void => void forLock.push(resolve);
  const sleep = (resolve: () => void): void => void asleep.push(resolve);
  let nextForLock = 0;
  let nextAsleep = 0;
  const all = together(waiters, async () => {
    await new Promise<void>(queue);
    forLock[nextForLock++]?.();
    await new Promise<void>(sleep);
    asleep[nextAsleep++]?.();
  });
  const held = new Promise<void>(queue);
  forLock[nextForLock++]?.();
  await held;
  return { all, wake: () => asleep[nextAsleep++]?.() };
};

const condition: Program = async () => {
  const state = new Condition();
  const all = together(waiters, async () => {
    const guard = await state.acquire();
    await state.wait();
    guard.release();
  });
  const guard = await state.acquire();
  const wake = (): void => {
    state.notifyAll();
    guard.release();
  };
  return { all, wake };
};

const conditionWithSignal: Program = async () => {
  const state = new Condition();
  const { signal } = new AbortController();
  const all = together(waiters, async () => {
    const guard = await state.acquire({ signal });
    await state.wait({ signal });
    guard.release();
  });
  const guard = await state.acquire();
  const wake = (): void => {
    state.notifyAll();
    guard.release();
  };
  return { all, wake };
};

/** A condition made of two semaphores: one is the lock, and tasks sleep at the other, which is empty. */
class SemaCondition {
  readonly lock: Sema = new Sema(1);
  readonly #sleepers = new Sema(0);
  #sleeping = 0;

  async wait(): Promise<void> {
    this.#sleeping += 1;
    this.lock.release();
    await this.#sleepers.acquire();
    await this.lock.acquire();
  }

  notifyAll(): void {
    for (; this.#sleeping > 0; this.#sleeping -= 1) this.#sleepers.release();
  }
}

const semaCondition: Program = async () => {
  const state = new SemaCondition();
  const all = together(waiters, async () => {
    await state.lock.acquire();
    await state.wait();
    state.lock.release();
  });
  await state.lock.acquire();
  const wake = (): void => {
    state.notifyAll();
    state.lock.release();
  };
  return { all, wake };
};

export const waitAndNotifyAll = scenario({
  title: `Condition: ${waiters.toLocaleString("en")} tasks acquire, wait, are notified and release`,
  unit: "ns per waiter",
  subject: "@aio/sync",
  aims: { floor: 1.6, "built on async-sema": 0.5, "CPython asyncio": 1 / 6 },
  contenders: {
    floor: whole(floor),
    "@aio/sync": whole(condition),
    "@aio/sync, with a signal": whole(conditionWithSignal),
    "built on async-sema": whole(semaCondition),
    "CPython asyncio": pythonCommand("sync.py", "condition", `${waiters}`),
  },
});

export const notifyAll = scenario({
  title: `Condition: from notifyAll() until ${waiters.toLocaleString("en")} tasks have had the lock`,
  unit: "ns per waiter",
  subject: "@aio/sync",
  aims: { floor: 1.6, "built on async-sema": 0.5, "CPython asyncio": 1 / 6 },
  contenders: {
    floor: waking(floor),
    "@aio/sync": waking(condition),
    "@aio/sync, with a signal": waking(conditionWithSignal),
    "built on async-sema": waking(semaCondition),
    "CPython asyncio": pythonCommand("sync.py", "condition-wake", `${waiters}`),
  },
});
