import { Condition, RuntimeError } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { settle, shown, watch } from "./watched.ts";

/** Sleepers that record in `result` when they get the lock, and release it. */
function sleepers(condition: Condition, count: number): { result: number[]; done: () => number } {
  const result: number[] = [];
  async function sleep(number: number): Promise<boolean> {
    await condition.acquire();
    if (await condition.wait()) {
      result.push(number);
      condition.release();
    }
    return true;
  }
  const tasks = Array.from({ length: count }, (_, index) => watch(sleep(index + 1)));
  return { result, done: () => tasks.filter(({ value }) => value === true).length };
}

describe("Condition.notify()", () => {
  // test_locks.ConditionTests.test_notify
  test("wakes n sleepers in FIFO order", async () => {
    const condition = new Condition();
    const { result, done } = sleepers(condition, 3);
    await settle();
    expect(result).toEqual([]);
    await condition.acquire();
    condition.notify(1);
    condition.release();
    await settle();
    expect(result).toEqual([1]);
    await condition.acquire();
    condition.notify(1);
    condition.notify(2048);
    condition.release();
    await settle();
    expect(result).toEqual([1, 2, 3]);
    expect(done()).toBe(3);
  });

  test.each([0, -1, -Infinity])("wakes no sleeper for %d", async (n) => {
    const condition = new Condition();
    const { result } = sleepers(condition, 2);
    await settle();
    await condition.acquire();
    condition.notify(n);
    expect(shown(condition)).toBe("Condition [locked, waiters:2]");
    condition.release();
    await settle();
    expect(result).toEqual([]);
  });

  // test_locks.ConditionTests.test_notify_unacquired
  test("throws RuntimeError if the lock is not held", () => {
    const condition = new Condition();
    expect(() => condition.notify()).toThrow(RuntimeError);
    expect(() => condition.notify()).toThrow(
      "Cannot notify on the condition: its lock is not held",
    );
  });

  test.each([NaN, "1", null, 1n, {}])(
    "throws TypeError, and wakes no sleeper, for %o",
    async (n) => {
      const condition = new Condition();
      sleepers(condition, 1);
      await settle();
      await condition.acquire();
      expect(() => condition.notify(n as number)).toThrow(TypeError);
      expect(shown(condition)).toBe("Condition [locked, waiters:1]");
    },
  );

  test("wakes each sleeper once, even if one goes back to sleep", async () => {
    const condition = new Condition();
    let woken = 0;
    async function sleepForEver(): Promise<void> {
      await condition.acquire();
      for (;;) {
        await condition.wait();
        woken += 1;
      }
    }
    watch(sleepForEver());
    await settle();
    await condition.acquire();
    condition.notifyAll();
    condition.release();
    await settle();
    expect(woken).toBe(1);
    expect(shown(condition)).toBe("Condition [unlocked, waiters:1]");
  });
});

describe("Condition.notifyAll()", () => {
  // test_locks.ConditionTests.test_notify_all
  test("wakes all sleepers in FIFO order", async () => {
    const condition = new Condition();
    const { result, done } = sleepers(condition, 2);
    await settle();
    expect(result).toEqual([]);
    await condition.acquire();
    condition.notifyAll();
    condition.release();
    await settle();
    expect(result).toEqual([1, 2]);
    expect(done()).toBe(2);
  });

  test("does not wake later sleepers", async () => {
    const condition = new Condition();
    const before = sleepers(condition, 2);
    await settle();
    await condition.acquire();
    condition.notifyAll();
    const after = watch(condition.wait());
    await settle();
    expect(before.result).toEqual([1, 2]);
    expect(after.state).toBe("pending");
  });

  // test_locks.ConditionTests.test_notify_all_unacquired
  test("throws RuntimeError if the lock is not held", () => {
    expect(() => new Condition().notifyAll()).toThrow(RuntimeError);
  });
});
