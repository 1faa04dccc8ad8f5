import { CancelledError, Event, Lock } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { errorOf, settle, shown, watch } from "./watched.ts";

describe("Lock.acquire()", () => {
  // test_locks.LockTests.test_acquire_cancel
  test("leaves no waiter when the only wait is aborted", async () => {
    const lock = new Lock();
    expect(await lock.acquire()).toBeTruthy();
    const controller = new CountingController();
    const task = errorOf(lock.acquire(controller));
    queueMicrotask(() => controller.abort("stop"));
    const error = await task;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ cause: "stop" });
    expect(shown(lock)).toBe("Lock [locked]");
    expect(controller.listeners).toBe(0);
  });

  // test_locks.LockTests.test_cancel_race
  test("gives the lock to the next waiter when the first is aborted and the lock released in one tick", async () => {
    const lock = new Lock();
    async function lockIt(blocker?: Promise<unknown>, signal?: AbortSignal): Promise<void> {
      using guard = await lock.acquire({ signal });
      expect(guard).toBeTruthy();
      await blocker;
    }
    const finish = new Event();
    const controller = new AbortController();
    const a = watch(lockIt(finish.wait()));
    await settle();
    expect(lock.locked()).toBe(true);
    const b = watch(lockIt(undefined, controller.signal));
    const c = watch(lockIt());
    expect(shown(lock)).toBe("Lock [locked, waiters:2]");

    finish.set();
    controller.abort();
    expect(shown(lock)).toBe("Lock [locked, waiters:1]");
    await settle();
    expect([a.state, b.state, c.state]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(lock.locked()).toBe(false);
  });

  // test_locks.LockTests.test_cancel_release_race
  test("gives the lock to only one waiter when another is aborted and the lock released in one tick", async () => {
    const lock = new Lock();
    let locked = 0;
    let calls = 0;
    async function lockIt(signal?: AbortSignal): Promise<void> {
      calls += 1;
      await lock.acquire({ signal });
      locked += 1;
    }
    await lock.acquire();
    const first = new AbortController();
    const third = new AbortController();
    const one = watch(lockIt(first.signal));
    const two = watch(lockIt());
    const three = watch(lockIt(third.signal));
    queueMicrotask(() => {
      first.abort();
      lock.release();
    });
    await settle();
    expect(locked).toBe(1);
    expect(calls).toBe(3);
    expect([one.state, two.state, three.state]).toEqual(["rejected", "fulfilled", "pending"]);
    third.abort();
    await settle();
    expect(three.state).toBe("rejected");
  });

  // test_locks.LockTests.test_finished_waiter_cancelled
  test("gives the lock to the second waiter when the first was aborted before the release", async () => {
    const lock = new Lock();
    await lock.acquire();
    const controller = new AbortController();
    const b = watch(lock.acquire(controller));
    expect(shown(lock)).toBe("Lock [locked, waiters:1]");
    const c = watch(lock.acquire());
    controller.abort();
    lock.release();
    await settle();
    expect(lock.locked()).toBe(true);
    expect([b.state, c.state]).toEqual(["rejected", "fulfilled"]);
  });

  test("keeps the lock when the abort comes after the release, and its guard releases it to the next waiter", async () => {
    const lock = new Lock();
    lock.tryAcquire();
    const controller = new AbortController();
    const b = watch(lock.acquire(controller));
    const c = watch(lock.acquire());
    lock.release();
    controller.abort();
    await settle();
    expect([b.state, c.state]).toEqual(["fulfilled", "pending"]);
    b.value?.release();
    await settle();
    expect(c.state).toBe("fulfilled");
    c.value?.release();
    expect(lock.locked()).toBe(false);
  });

  test("lets a newcomer take a free lock immediately when every waiter is aborted", () => {
    const lock = new Lock();
    const holder = lock.tryAcquire();
    const controller = new AbortController();
    watch(lock.acquire(controller));
    watch(lock.acquire(controller));
    controller.abort();
    holder?.release();
    expect(lock.locked()).toBe(false);
    expect(lock.tryAcquire()).not.toBeNull();
  });

  test.each([0, 1, 2, 3, 4])(
    "keeps the order of the others when waiter %i of 5 is aborted",
    async (gone) => {
      const lock = new Lock();
      lock.tryAcquire();
      const order: number[] = [];
      const controllers = Array.from({ length: 5 }, () => new AbortController());
      controllers.forEach((controller, number) => {
        void lock.acquire(controller).then(
          () => order.push(number),
          () => {},
        );
      });
      controllers[gone]?.abort();
      for (let turn = 0; turn < 5; turn += 1) {
        lock.release();
        await settle();
      }
      expect(order).toEqual([0, 1, 2, 3, 4].filter((number) => number !== gone));
      expect(lock.locked()).toBe(false);
    },
  );

  test("leaves nothing for a using declaration to dispose of when it rejects", async () => {
    const lock = new Lock();
    const holder = lock.tryAcquire();
    const controller = new AbortController();
    async function body(): Promise<void> {
      using guard = await lock.acquire(controller);
      expect(guard).toBeUndefined();
    }
    const task = errorOf(body());
    controller.abort();
    expect(await task).toBeInstanceOf(CancelledError);
    expect(lock.locked()).toBe(true);
    holder?.release();
    expect(lock.locked()).toBe(false);
  });
});
