import { Condition, Event, Lock, Semaphore } from "@aio/sync";
import { describe, expect, it } from "vitest";
import { CountingController } from "./signals.ts";
import { settle } from "./watched.ts";

// What is linear takes twenty times as long for twenty times as many, what is quadratic four hundred
// times. Memory caches and garbage collection make it up to five times as much for the many.
const linear = 150;

function growth(work: (waiters: number) => () => void, many: number): number {
  const best = (waiters: number): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const run = work(waiters);
        const before = performance.now();
        run();
        return performance.now() - before;
      }),
    );
  best(many / 20);
  return best(many) / best(many / 20);
}

const ignore = (): void => {};

describe("Waiting", () => {
  it("of 100,000 on one signal, and the abort of all, takes linear time", async () => {
    const ratio = growth(
      (waiters) => () => {
        const lock = new Lock();
        lock.tryAcquire();
        const controller = new AbortController();
        for (let n = 0; n < waiters; n += 1) lock.acquire(controller).catch(ignore);
        controller.abort();
      },
      100_000,
    );
    expect(ratio).toBeLessThan(linear);
    await settle();
  });

  it("of 20,000 on a signal each, aborted in any order, takes linear time", async () => {
    const ratio = growth((waiters) => {
      const semaphore = new Semaphore(0);
      const controllers = Array.from({ length: waiters }, () => new AbortController());
      for (const controller of controllers) semaphore.acquire(controller).catch(ignore);
      return () => {
        // 7 has no factor in common with the number of waiters: each is aborted once.
        for (let n = 0; n < waiters; n += 1) controllers[(n * 7) % waiters]?.abort();
      };
    }, 20_000);
    expect(ratio).toBeLessThan(linear);
    await settle();
  });

  it("of 100,000 on one signal leaves no listener when all pass", async () => {
    const controller = new CountingController();
    const event = new Event();
    const waits = Array.from({ length: 100_000 }, () => event.wait(controller));
    expect(controller.listeners).toBe(1);
    event.set();
    expect(controller.listeners).toBe(0);
    await Promise.all(waits);
  });

  it("of 100,000 asleep, all notified at once, takes linear time", async () => {
    const ratio = growth((waiters) => {
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
    }, 100_000);
    expect(ratio).toBeLessThan(linear);
    await settle();
  });
});
