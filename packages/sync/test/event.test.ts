import { CancelledError, Event } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { errorOf, settle, shown, watch } from "./watched.ts";

describe("Event", () => {
  // test_locks.EventTests.test_repr
  test("shows whether it is set, and the number of waiters", () => {
    const event = new Event();
    expect(shown(event)).toBe("Event [unset]");
    event.set();
    expect(shown(event)).toBe("Event [set]");
    event.clear();
    for (const options of [undefined, undefined, new AbortController(), undefined, undefined]) {
      watch(event.wait(options));
    }
    expect(shown(event)).toBe("Event [unset, waiters:5]");
    event.set();
    expect(shown(event)).toBe("Event [set]");
    expect(Object.prototype.toString.call(event)).toBe("[object Event]");
  });

  test("resolves to itself when awaited by mistake", async () => {
    const event = new Event();
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await event).toBe(event);
    expect(event.isSet()).toBe(false);
  });
});

describe("Event.set()", () => {
  // test_locks.EventTests.test_clear
  test("raises the flag, and Event.clear() lowers it", () => {
    const event = new Event();
    expect(event.isSet()).toBe(false);
    expect(event.set()).toBeUndefined();
    expect(event.isSet()).toBe(true);
    expect(event.clear()).toBeUndefined();
    expect(event.isSet()).toBe(false);
  });

  test("wakes all waiters in FIFO order, with and without a signal", async () => {
    const event = new Event();
    const order: number[] = [];
    const controller = new AbortController();
    [undefined, controller, undefined, undefined, controller, controller, undefined].forEach(
      (options, number) => {
        void event.wait(options).then(() => order.push(number));
      },
    );
    event.set();
    await settle();
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  // test_locks.EventTests.test_clear_with_waiters
  test("wakes each waiter once, even if the flag is lowered and raised again", async () => {
    const event = new Event();
    const result: number[] = [];
    const task = watch(
      (async () => {
        if (await event.wait()) result.push(1);
        return true;
      })(),
    );
    await settle();
    expect(result).toEqual([]);
    event.set();
    event.clear();
    expect(event.isSet()).toBe(false);
    event.set();
    event.set();
    await settle();
    expect(result).toEqual([1]);
    expect(shown(event)).toBe("Event [set]");
    expect(task.value).toBe(true);
  });
});

describe("Event.wait()", () => {
  // test_locks.EventTests.test_wait
  test("waits for the flag, and does not wait once it is up", async () => {
    const event = new Event();
    const result: number[] = [];
    async function wait(number: number): Promise<void> {
      if (await event.wait()) result.push(number);
    }
    const tasks = [watch(wait(1)), watch(wait(2))];
    await settle();
    expect(result).toEqual([]);
    tasks.push(watch(wait(3)));
    event.set();
    await settle();
    // asyncio puts 3 first: its third task has not started to wait when the flag is set.
    expect(result).toEqual([1, 2, 3]);
    for (const task of tasks) expect(task.state).toBe("fulfilled");
  });

  // test_locks.EventTests.test_wait_on_set
  test("resolves with true after one microtask if the flag is up", async () => {
    const event = new Event();
    event.set();
    const waiting = watch(event.wait());
    await Promise.resolve();
    expect(waiting).toEqual({ state: "fulfilled", value: true });
  });

  // test_locks.EventTests.test_wait_cancel
  test("leaves no waiter when the only wait is aborted", async () => {
    const event = new Event();
    const controller = new CountingController();
    const task = errorOf(event.wait(controller));
    queueMicrotask(() => controller.abort("stop"));
    const error = await task;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ cause: "stop" });
    expect(shown(event)).toBe("Event [unset]");
    expect(controller.listeners).toBe(0);
  });

  test("keeps waiting while others are aborted", async () => {
    const event = new Event();
    const controller = new AbortController();
    const waits = [event.wait(), event.wait(controller), event.wait()].map(watch);
    controller.abort();
    await settle();
    expect(waits.map(({ state }) => state)).toEqual(["pending", "rejected", "pending"]);
    event.set();
    await settle();
    expect(waits.map(({ state }) => state)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("waits for the next set() when it comes after a clear()", async () => {
    const event = new Event();
    const early = watch(event.wait());
    event.set();
    event.clear();
    const late = watch(event.wait());
    await settle();
    expect([early.state, late.state]).toEqual(["fulfilled", "pending"]);
    event.set();
    await settle();
    expect(late.state).toBe("fulfilled");
  });
});
