import { Condition, Lock, RuntimeError } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { errorOf, settle, shown, watch } from "./watched.ts";

describe("Condition", () => {
  // test_locks.ConditionTests.test_repr
  test("shows whether its lock is held, and the number of sleepers", () => {
    const condition = new Condition();
    expect(shown(condition)).toBe("Condition [unlocked]");
    condition.tryAcquire();
    expect(shown(condition)).toBe("Condition [locked]");
    watch(condition.wait());
    condition.tryAcquire();
    watch(condition.acquire());
    expect(shown(condition)).toBe("Condition [locked, waiters:1]");
    watch(condition.wait());
    expect(shown(condition)).toBe("Condition [locked, waiters:2]");
    expect(Object.prototype.toString.call(condition)).toBe("[object Condition]");
  });

  // test_locks.ConditionTests.test_explicit_lock
  test("uses the given lock, or creates one", async () => {
    const given = new Lock();
    const conditions = [
      new Condition(),
      new Condition(undefined),
      new Condition(null),
      new Condition(given),
      new Condition(given),
    ];
    expect(conditions[3]?.lock).toBe(given);
    expect(new Set(conditions.map(({ lock }) => lock)).size).toBe(4);
    for (const condition of conditions) {
      for (const holder of [condition, condition.lock]) {
        expect([condition.locked(), condition.lock.locked()]).toEqual([false, false]);
        using guard = await holder.acquire();
        expect(guard).toBeTruthy();
        expect([condition.locked(), condition.lock.locked()]).toEqual([true, true]);
      }
    }
  });

  test.each([1, "lock", {}, { acquire() {}, release() {}, locked() {} }, new Condition()])(
    "throws TypeError for a lock that is %o",
    (lock) => {
      expect(() => new Condition(lock as Lock)).toThrow(TypeError);
      expect(() => new Condition(lock as Lock)).toThrow(/^Invalid lock: expected a Lock, got /);
    },
  );

  test("resolves to itself when awaited by mistake", async () => {
    const condition = new Condition();
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await condition).toBe(condition);
    expect(condition.locked()).toBe(false);
  });

  test("may share its lock with other conditions, which are notified separately", async () => {
    const lock = new Lock();
    const full = new Condition(lock);
    const empty = new Condition(lock);
    await lock.acquire();
    const atFull = watch(full.wait());
    await lock.acquire();
    const atEmpty = watch(empty.wait());
    await lock.acquire();
    empty.notify();
    lock.release();
    await settle();
    expect([atFull.state, atEmpty.state]).toEqual(["pending", "fulfilled"]);
    full.notify();
    lock.release();
    await settle();
    expect(atFull.state).toBe("fulfilled");
  });
});

describe("Condition.release()", () => {
  test("throws RuntimeError if the lock is not held", () => {
    expect(() => new Condition().release()).toThrow(RuntimeError);
  });
});

describe("Condition.run()", () => {
  test("holds the lock while the function runs", async () => {
    const condition = new Condition();
    expect(await condition.run(() => condition.locked())).toBe(true);
    expect(condition.locked()).toBe(false);
  });

  test("does not call the function when the wait was aborted", async () => {
    const condition = new Condition();
    condition.tryAcquire();
    const controller = new AbortController();
    let calls = 0;
    const running = watch(condition.run(() => (calls += 1), controller));
    controller.abort();
    condition.release();
    await settle();
    expect(running.state).toBe("rejected");
    expect(calls).toBe(0);
    expect(condition.locked()).toBe(false);
  });
});

describe("Condition.wait()", () => {
  // test_locks.ConditionTests.test_wait
  test("sleeps until notified, and returns when the notifier has released the lock", async () => {
    const condition = new Condition();
    const result: number[] = [];
    async function wait(number: number): Promise<boolean> {
      await condition.acquire();
      if (await condition.wait()) result.push(number);
      return true;
    }
    const tasks = [1, 2, 3].map((number) => watch(wait(number)));
    await settle();
    expect(result).toEqual([]);
    expect(condition.locked()).toBe(false);

    expect(await condition.acquire()).toBeTruthy();
    condition.notify();
    await settle();
    expect(result).toEqual([]);
    expect(condition.locked()).toBe(true);
    condition.release();
    await settle();
    expect(result).toEqual([1]);
    expect(condition.locked()).toBe(true);

    condition.notify(2);
    await settle();
    expect(result).toEqual([1]);
    expect(condition.locked()).toBe(true);
    condition.release();
    await settle();
    expect(result).toEqual([1, 2]);
    expect(condition.locked()).toBe(true);
    condition.release();
    await settle();
    expect(result).toEqual([1, 2, 3]);
    expect(condition.locked()).toBe(true);
    for (const task of tasks) expect(task.value).toBe(true);
  });

  // test_locks.ConditionTests.test_wait_unacquired
  test("rejects with RuntimeError if the lock is not held", async () => {
    const condition = new Condition();
    expect(await errorOf(condition.wait())).toBeInstanceOf(RuntimeError);
    expect(shown(condition)).toBe("Condition [unlocked]");
  });

  test("hands the lock to its first waiter before it returns", async () => {
    const condition = new Condition();
    await condition.acquire();
    const next = watch(condition.acquire());
    watch(condition.wait());
    expect(shown(condition)).toBe("Condition [locked, waiters:1]");
    await settle();
    expect(next.state).toBe("fulfilled");
  });

  test("does not remember a notification that found no sleeper", async () => {
    const condition = new Condition();
    await condition.acquire();
    condition.notifyAll();
    const waiting = watch(condition.wait());
    await settle();
    expect(waiting.state).toBe("pending");
  });

  test("gives the lock back to the guard that held it", async () => {
    const condition = new Condition();
    const task = watch(
      (async () => {
        using guard = await condition.acquire();
        await condition.wait();
        return [guard, condition.locked()] as const;
      })(),
    );
    await condition.acquire();
    condition.notify();
    condition.release();
    await settle();
    expect(task.value?.[1]).toBe(true);
    expect(condition.locked()).toBe(false);
  });

  test("makes its guard do nothing while it sleeps", async () => {
    const condition = new Condition();
    const guard = await condition.acquire();
    const waiting = watch(condition.wait());
    const other = await condition.acquire();
    guard.release();
    expect(condition.locked()).toBe(true);
    condition.notify();
    other.release();
    await settle();
    expect(waiting.state).toBe("fulfilled");
    other.release();
    expect(condition.locked()).toBe(true);
    guard.release();
    expect(condition.locked()).toBe(false);
  });

  test("joins the lock's queue when it is notified, ahead of later callers", async () => {
    const condition = new Condition();
    const order: string[] = [];
    await condition.acquire();
    void condition.wait().then(() => order.push("notified"));
    await condition.acquire();
    void condition.acquire().then(() => order.push("before"));
    condition.notify();
    void condition.acquire().then(() => order.push("after"));
    for (let turn = 0; turn < 3; turn += 1) {
      condition.release();
      await settle();
    }
    expect(order).toEqual(["before", "notified", "after"]);
  });
});

describe("Condition.waitFor()", () => {
  // test_locks.ConditionTests.test_wait_for
  test("waits until the predicate holds after a notification", async () => {
    const condition = new Condition();
    let ready = false;
    const result: number[] = [];
    async function wait(): Promise<boolean> {
      await condition.acquire();
      if (await condition.waitFor(() => ready)) {
        result.push(1);
        condition.release();
      }
      return true;
    }
    const task = watch(wait());
    await settle();
    expect(result).toEqual([]);

    await condition.acquire();
    condition.notify();
    condition.release();
    await settle();
    expect(result).toEqual([]);

    ready = true;
    await condition.acquire();
    condition.notify();
    condition.release();
    await settle();
    expect(result).toEqual([1]);
    expect(task.value).toBe(true);
  });

  // test_locks.ConditionTests.test_wait_for_unacquired
  test("needs the lock only if it has to wait", async () => {
    const condition = new Condition();
    expect(await condition.waitFor(() => [1, 2, 3])).toEqual([1, 2, 3]);
    expect(await errorOf(condition.waitFor(() => false))).toBeInstanceOf(RuntimeError);
  });

  test("calls the predicate, and rejects with its error, with the lock held", async () => {
    const condition = new Condition();
    const held: boolean[] = [];
    const failure = new Error("from the predicate");
    await condition.acquire();
    const waiting = watch(
      condition.waitFor(() => {
        held.push(condition.locked());
        if (held.length === 3) throw failure;
        return false;
      }),
    );
    for (let round = 0; round < 2; round += 1) {
      await condition.acquire();
      condition.notify();
      condition.release();
      await settle();
    }
    expect(held).toEqual([true, true, true]);
    expect(waiting.error).toBe(failure);
    expect(condition.locked()).toBe(true);
  });

  test("rejects with TypeError if the predicate returns a promise", async () => {
    const condition = new Condition();
    await condition.acquire();
    // @ts-expect-error -- a promise is always truthy: the compiler refuses it too
    const error = await errorOf(condition.waitFor(async () => false));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: "ERR_INVALID_ARG_VALUE" });
    expect(condition.locked()).toBe(true);
  });

  test("accepts any truthy value, such as an object with a property `then`", async () => {
    const condition = new Condition();
    // oxlint-disable-next-line unicorn/no-thenable -- a number is not a function, so this is not thenable
    for (const value of [{ then: 1 }, Object.create(null), "then", 1n, () => {}]) {
      expect(await condition.waitFor(() => value as unknown)).toBe(value);
    }
  });

  test("handles the rejection of a promise that the predicate returns", async () => {
    const condition = new Condition();
    // A test run fails if a rejection is unhandled, on every platform.
    const predicate = async (): Promise<never> => {
      throw new Error("from the predicate");
    };
    await expect(condition.waitFor(predicate as never)).rejects.toThrow(TypeError);
    await settle();
  });

  test("rejects with TypeError for a predicate that is not a function", async () => {
    const condition = new Condition();
    await condition.acquire();
    await expect(condition.waitFor(1 as never)).rejects.toThrow(
      "Invalid predicate: expected a function, got 1",
    );
    expect(shown(condition)).toBe("Condition [locked]");
  });
});

// excused test_locks.ConditionTests.test_ambiguous_loops: there is one event loop, nothing to bind to
