import { CancelledError, Semaphore } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { errorOf, settle, shown, watch } from "./watched.ts";

describe("Semaphore.acquire()", () => {
  // test_locks.SemaphoreTests.test_acquire_cancel
  test("leaves no waiter when the only wait is aborted", async () => {
    const semaphore = new Semaphore();
    await semaphore.acquire();
    const controller = new CountingController();
    const task = errorOf(semaphore.acquire(controller));
    queueMicrotask(() => controller.abort("stop"));
    const error = await task;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ cause: "stop" });
    expect(shown(semaphore)).toBe("Semaphore [locked]");
    expect(controller.listeners).toBe(0);
  });

  // test_locks.SemaphoreTests.test_acquire_cancel_before_awoken
  test("gives the permit to the next waiter when those before it were aborted", async () => {
    const semaphore = new Semaphore(0);
    const controllers = [1, 2, 3, 4].map(() => new AbortController());
    const tasks = controllers.map((controller) => watch(semaphore.acquire(controller)));
    await settle();
    controllers[0]?.abort();
    controllers[1]?.abort();
    semaphore.release();
    await settle();
    expect(tasks.map(({ state }) => state)).toEqual([
      "rejected",
      "rejected",
      "fulfilled",
      "pending",
    ]);
    controllers[3]?.abort();
    await settle();
    expect(shown(semaphore)).toBe("Semaphore [locked]");
  });

  // test_locks.SemaphoreTests.test_acquire_hang
  test("wakes the second waiter when the first is aborted and a permit released in one tick", async () => {
    const semaphore = new Semaphore(0);
    const controller = new AbortController();
    watch(semaphore.acquire(controller));
    const second = watch(semaphore.acquire());
    controller.abort();
    semaphore.release();
    await settle();
    expect(semaphore.locked()).toBe(true);
    expect(second.state).toBe("fulfilled");
  });

  // test_locks.SemaphoreTests.test_acquire_no_hang
  test("keeps a permit received before the abort, and loses none", async () => {
    const semaphore = new Semaphore(1);
    const controller = new AbortController();
    let entered = false;
    async function first(): Promise<void> {
      {
        using permit = await semaphore.acquire();
        expect(permit).toBeTruthy();
        await settle();
      }
      controller.abort();
    }
    async function second(): Promise<void> {
      using permit = await semaphore.acquire(controller);
      entered = Boolean(permit);
    }
    // In asyncio the second call is cancelled: a waiter gets the permit when it runs, not on release.
    // Here it has the permit and gives it back. Either way, the permit is free in the end.
    const tasks = [watch(first()), watch(second())];
    await settle();
    await settle();
    expect(tasks.map(({ state }) => state)).toEqual(["fulfilled", "fulfilled"]);
    expect(entered).toBe(true);
    expect(await semaphore.acquire()).toBeTruthy();
  });

  // test_locks.SemaphoreTests.test_acquire_fifo_order_3
  test("serves the others in FIFO order when the first was aborted", async () => {
    const semaphore = new Semaphore(0);
    const result: number[] = [];
    const controller = new AbortController();
    async function take(number: number, signal?: AbortSignal): Promise<void> {
      await semaphore.acquire({ signal });
      result.push(number);
    }
    const tasks = Promise.allSettled([take(1, controller.signal), take(2), take(3)]);
    await settle();
    controller.abort();
    await settle();
    semaphore.release();
    semaphore.release();
    await tasks;
    expect(result).toEqual([2, 3]);
  });

  test("leaves a released permit free when every waiter was aborted", async () => {
    const semaphore = new Semaphore(0);
    const controller = new AbortController();
    watch(semaphore.acquire(controller));
    watch(semaphore.acquire(controller));
    controller.abort();
    semaphore.release();
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:1]");
    expect(semaphore.tryAcquire()).not.toBeNull();
  });
});
