import { CancelledError, Condition, TimeoutError } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { errorOf, settle, shown, watch } from "./watched.ts";

describe("Condition.wait()", () => {
  // test_locks.ConditionTests.test_wait_cancel
  test("holds the lock, and leaves no sleeper, when the only wait is aborted", async () => {
    const condition = new Condition();
    await condition.acquire();
    const controller = new CountingController();
    const task = errorOf(condition.wait(controller));
    queueMicrotask(() => controller.abort("stop"));
    const error = await task;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ cause: "stop" });
    expect(shown(condition)).toBe("Condition [locked]");
    expect(controller.listeners).toBe(0);
  });

  // test_locks.ConditionTests.test_wait_cancel_contested
  test("holds the lock when it is notified, aborted and given the lock in one tick", async () => {
    const condition = new Condition();
    await condition.acquire();
    expect(condition.locked()).toBe(true);
    const controller = new CountingController();
    const waiting = watch(condition.wait(controller));
    expect(condition.locked()).toBe(false);
    await condition.acquire();
    expect(condition.locked()).toBe(true);
    condition.notify();
    queueMicrotask(() => controller.abort());
    queueMicrotask(() => condition.release());
    await settle();
    expect(waiting.state).toBe("rejected");
    expect(shown(condition)).toBe("Condition [locked]");
    expect(controller.listeners).toBe(0);
  });

  // test_locks.ConditionTests.test_wait_cancel_after_notify
  test("rejects with the lock held when it is aborted while it waits for the lock", async () => {
    const condition = new Condition();
    const controller = new AbortController();
    let waited = false;
    async function waitOnCondition(): Promise<void> {
      using guard = await condition.acquire();
      waited = Boolean(guard);
      await condition.wait(controller);
    }
    const waiter = watch(waitOnCondition());
    await settle();
    await condition.acquire();
    condition.notify();
    await settle();
    controller.abort();
    await settle();
    expect(waiter.state).toBe("pending");
    condition.release();
    await settle();
    expect(waiter.state).toBe("rejected");
    expect(waited).toBe(true);
    expect(condition.locked()).toBe(false);
  });

  test("waits for its turn to hold the lock before it rejects", async () => {
    const condition = new Condition();
    const order: string[] = [];
    const controller = new AbortController();
    await condition.acquire();
    void condition.wait(controller).catch(() => order.push("aborted"));
    const holder = await condition.acquire();
    void condition.run(() => order.push("before"));
    controller.abort();
    const last = watch(condition.acquire());
    await settle();
    expect(order).toEqual([]);
    holder.release();
    await settle();
    expect(order).toEqual(["before", "aborted"]);
    expect(last.state).toBe("pending");
    condition.release();
    await settle();
    expect(last.state).toBe("fulfilled");
  });

  test("passes its notification to the next sleeper when it is aborted before it holds the lock", async () => {
    const condition = new Condition();
    const controller = new AbortController();
    const order: string[] = [];
    await condition.acquire();
    void condition.wait(controller).catch(() => order.push("aborted"));
    await condition.acquire();
    void condition.wait().then(() => order.push("notified"));
    await condition.acquire();
    const third = watch(condition.wait());
    await condition.acquire();
    condition.notify();
    controller.abort();
    expect(shown(condition)).toBe("Condition [locked, waiters:1]");
    condition.release();
    await settle();
    expect(order).toEqual(["aborted"]);
    condition.release();
    await settle();
    expect(order).toEqual(["aborted", "notified"]);
    condition.release();
    await settle();
    expect(third.state).toBe("pending");
  });

  test("wakes no other sleeper when it is aborted before it is notified", async () => {
    const condition = new Condition();
    const controller = new AbortController();
    await condition.acquire();
    const first = watch(condition.wait(controller));
    await condition.acquire();
    const second = watch(condition.wait());
    controller.abort();
    await settle();
    expect(first.state).toBe("rejected");
    condition.release();
    await settle();
    expect(second.state).toBe("pending");
  });

  test("gives the lock back to the guard that held it when it rejects", async () => {
    const condition = new Condition();
    const controller = new AbortController();
    const guard = await condition.acquire();
    const waiting = errorOf(condition.wait(controller));
    const other = await condition.acquire();
    controller.abort();
    other.release();
    expect(await waiting).toBeInstanceOf(CancelledError);
    other.release();
    expect(condition.locked()).toBe(true);
    guard.release();
    expect(condition.locked()).toBe(false);
  });

  test("keeps the lock, and does not queue, if the signal has already aborted", async () => {
    const condition = new Condition();
    const guard = await condition.acquire();
    const next = watch(condition.acquire());
    const error = await errorOf(condition.wait({ signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(CancelledError);
    expect(next.state).toBe("pending");
    guard.release();
    await settle();
    expect(next.state).toBe("fulfilled");
  });

  test("checks the signal before the lock", async () => {
    const condition = new Condition();
    const error = await errorOf(condition.wait({ signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(CancelledError);
  });

  // test_locks.ConditionTests.test_timeout_in_block
  test("rejects with TimeoutError, with the lock held, when the signal times out", async () => {
    const condition = new Condition();
    // The timer of AbortSignal.timeout() does not keep the process alive; the test runner does.
    using guard = await condition.acquire();
    const error = await errorOf(condition.wait({ signal: AbortSignal.timeout(5) }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(condition.locked()).toBe(true);
    guard.release();
    expect(condition.locked()).toBe(false);
  });
});

describe("Condition.waitFor()", () => {
  // test_locks.ConditionTests.test_cancelled_error_wakeup
  test("rejects with the reason itself, if it is an error of @aio/errors, when aborted while asleep", async () => {
    const condition = new Condition();
    const controller = new AbortController();
    async function body(): Promise<void> {
      using guard = await condition.acquire();
      expect(guard).toBeTruthy();
      await condition.waitFor(() => false, controller);
    }
    const task = errorOf(body());
    await settle();
    const reason = new CancelledError("foo");
    controller.abort(reason);
    expect(await task).toBe(reason);
    expect(condition.locked()).toBe(false);
  });

  // test_locks.ConditionTests.test_cancelled_error_re_aquire
  test("rejects with the reason itself, if it is an error of @aio/errors, when aborted while waiting for the lock", async () => {
    const condition = new Condition();
    const controller = new AbortController();
    let wake = false;
    async function body(): Promise<void> {
      using guard = await condition.acquire();
      expect(guard).toBeTruthy();
      await condition.waitFor(() => wake, controller);
    }
    const task = errorOf(body());
    await settle();
    await condition.acquire();
    wake = true;
    condition.notify();
    await settle();
    const reason = new CancelledError("foo");
    controller.abort(reason);
    condition.release();
    expect(await task).toBe(reason);
    expect(condition.locked()).toBe(false);
  });

  // test_locks.ConditionTests.test_cancelled_wakeup
  test("loses no notification to a sleeper that is aborted in the same tick", async () => {
    await consumeOne(false);
  });

  // test_locks.ConditionTests.test_cancelled_wakeup_relock
  test("loses no notification to a sleeper that is aborted while waiting for the lock", async () => {
    await consumeOne(true);
  });

  test("checks the predicate when the abort comes after the lock, and rejects the next wait", async () => {
    const condition = new Condition();
    for (const ready of [true, false]) {
      const controller = new AbortController();
      let answer = false;
      await condition.acquire();
      const waiting = watch(condition.waitFor(() => answer, controller));
      await condition.acquire();
      condition.notify();
      condition.release();
      controller.abort();
      answer = ready;
      await settle();
      expect(waiting.state).toBe(ready ? "fulfilled" : "rejected");
      expect(shown(condition)).toBe("Condition [locked]");
      condition.release();
    }
  });
});

// Two consumers and one item: the consumer that is notified of it is aborted.
async function consumeOne(settleBeforeAbort: boolean): Promise<void> {
  const condition = new Condition();
  let state = 0;
  async function consumer(signal?: AbortSignal): Promise<void> {
    using guard = await condition.acquire();
    for (;;) {
      await condition.waitFor(() => state !== 0, { signal });
      if (state < 0) return guard.release();
      state -= 1;
    }
  }
  const controller = new AbortController();
  const first = watch(consumer(controller.signal));
  const second = watch(consumer());
  await settle();
  {
    using guard = await condition.acquire();
    state += 1;
    condition.notify(1);
    if (settleBeforeAbort) await settle();
    controller.abort();
    const consumed = watch(condition.waitFor(() => state === 0));
    await settle();
    // Nothing notifies the producer, which therefore still waits although its predicate holds.
    expect(state).toBe(0);
    expect(consumed.state).toBe("pending");
    await condition.acquire();
    condition.notifyAll();
    condition.release();
    await settle();
    expect(consumed.state).toBe("fulfilled");
    state = -1;
    condition.notifyAll();
    guard.release();
  }
  await settle();
  expect([first.state, second.state]).toEqual(["rejected", "fulfilled"]);
  expect(shown(condition)).toBe("Condition [unlocked]");
}
