import { CancelledError, Condition, Event, Lock, Semaphore } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { settle } from "./watched.ts";

const quadratic = 200;

// The time of one queue divided by that of 200 queues with as many waiters in total, so that the garbage
// collector has equal work. 200 if a queue's cost is quadratic. 1 if it is linear, but up to 13 was measured
// on a busy machine, since a large queue leaves the processor's caches.
async function growth(many: number, prepare: (waiters: number) => () => void): Promise<number> {
  const timeOf = async (queues: number): Promise<number> => {
    const runs = Array.from({ length: queues }, () => prepare(many / queues));
    const before = performance.now();
    for (const run of runs) run();
    const time = performance.now() - before;
    // Firefox slows down with all promises whose reactions are yet to run: 13 times after 24 measurements.
    await settle();
    return time;
  };
  await timeOf(quadratic);
  const times: { one: number; several: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    times.push({ one: await timeOf(1), several: await timeOf(quadratic) });
  }
  const least = (kind: "one" | "several") => Math.min(...times.map((each) => each[kind]));
  return least("one") / least("several");
}

const ignore = (): void => {};
// A CancelledError reaches each waiter as it is. Creating one per waiter would dominate the time.
const reason = new CancelledError();

describe("Waiting", { timeout: 30_000 }, () => {
  test("of 100,000 callers on one signal, and aborting them all, takes linear time", async () => {
    const ratio = await growth(100_000, (waiters) => () => {
      const lock = new Lock();
      lock.tryAcquire();
      const controller = new AbortController();
      for (let n = 0; n < waiters; n += 1) lock.acquire(controller).catch(ignore);
      controller.abort(reason);
    });
    expect(ratio).toBeLessThan(quadratic / 4);
  });

  test("of 20,000 callers with separate signals, aborted in any order, takes linear time", async () => {
    const ratio = await growth(20_000, (waiters) => {
      const semaphore = new Semaphore(0);
      const controllers = Array.from({ length: waiters }, () => new AbortController());
      for (const controller of controllers) semaphore.acquire(controller).catch(ignore);
      return () => {
        // 7 is coprime to the number of waiters, so each is aborted once.
        for (let n = 0; n < waiters; n += 1) controllers[(n * 7) % waiters]?.abort(reason);
      };
    });
    expect(ratio).toBeLessThan(quadratic / 4);
  });

  test("of 100,000 sleepers that are notified together takes linear time", async () => {
    const ratio = await growth(100_000, (waiters) => {
      const condition = new Condition();
      for (let n = 0; n < waiters; n += 1) {
        condition.tryAcquire();
        void condition.wait();
      }
      condition.tryAcquire();
      return () => {
        condition.notifyAll();
        for (let n = 0; n <= waiters; n += 1) condition.release();
      };
    });
    expect(ratio).toBeLessThan(quadratic / 4);
  });

  test("of 100,000 callers on one signal leaves no listener once all are woken", async () => {
    const controller = new CountingController();
    const event = new Event();
    const waits = Array.from({ length: 100_000 }, () => event.wait(controller));
    expect(controller.listeners).toBe(1);
    event.set();
    expect(controller.listeners).toBe(0);
    await Promise.all(waits);
  });
});
