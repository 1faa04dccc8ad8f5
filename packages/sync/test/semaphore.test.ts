import { Semaphore } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { settle, shown, watch } from "./watched.ts";

describe("Semaphore", () => {
  // test_locks.SemaphoreTests.test_initial_value_zero
  test("is locked if it starts with 0 permits", () => {
    expect(new Semaphore(0).locked()).toBe(true);
    expect(new Semaphore().locked()).toBe(false);
    expect(new Semaphore(undefined).locked()).toBe(false);
  });

  // test_locks.SemaphoreTests.test_repr
  test("shows the number of free permits, or that it is locked, and the number of waiters", async () => {
    const semaphore = new Semaphore();
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:1]");
    await semaphore.acquire();
    expect(shown(semaphore)).toBe("Semaphore [locked]");
    watch(semaphore.acquire());
    expect(shown(semaphore)).toBe("Semaphore [locked, waiters:1]");
    watch(semaphore.acquire());
    expect(shown(semaphore)).toBe("Semaphore [locked, waiters:2]");
    expect(Object.prototype.toString.call(semaphore)).toBe("[object Semaphore]");
  });

  // test_locks.SemaphoreTests.test_semaphore
  test("resolves to itself when awaited by mistake, and keeps its permits", async () => {
    const semaphore = new Semaphore();
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await semaphore).toBe(semaphore);
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:1]");
  });

  // test_locks.SemaphoreTests.test_semaphore_value
  test.each([-1, -Infinity, NaN, 1.5])("throws RangeError for a value of %d", (value) => {
    expect(() => new Semaphore(value)).toThrow(RangeError);
    expect(() => new Semaphore(value)).toThrow(
      `Invalid value: expected an integer of at least 0, or Infinity, got ${value}`,
    );
  });

  test.each(["1", null, 1n, {}])("throws TypeError for a value of %o", (value) => {
    expect(() => new Semaphore(value as number)).toThrow(TypeError);
  });

  test("never runs out if it has Infinity permits", async () => {
    const semaphore = new Semaphore(Infinity);
    for (let turn = 0; turn < 100; turn += 1) await semaphore.acquire();
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:Infinity]");
  });
});

describe("Semaphore.acquire()", () => {
  // test_locks.SemaphoreTests.test_acquire
  test("takes a free permit immediately, and waits if none is free", async () => {
    const semaphore = new Semaphore(3);
    const result: number[] = [];
    expect(await semaphore.acquire()).toBeTruthy();
    expect(await semaphore.acquire()).toBeTruthy();
    expect(semaphore.locked()).toBe(false);
    async function take(number: number): Promise<boolean> {
      await semaphore.acquire();
      result.push(number);
      return true;
    }
    const tasks = [1, 2, 3].map((number) => watch(take(number)));
    await settle();
    expect(result).toEqual([1]);
    expect(shown(semaphore)).toBe("Semaphore [locked, waiters:2]");
    tasks.push(watch(take(4)));
    semaphore.release();
    semaphore.release();
    expect(shown(semaphore)).toBe("Semaphore [locked, waiters:1]");
    await settle();
    expect(result).toEqual([1, 2, 3]);
    expect(shown(semaphore)).toBe("Semaphore [locked, waiters:1]");
    semaphore.release();
    await settle();
    expect(tasks.map(({ value }) => value)).toEqual([true, true, true, true]);
  });

  // test_locks.SemaphoreTests.test_acquire_fifo_order
  test("serves the waiters in FIFO order, again and again", async () => {
    const semaphore = new Semaphore(1);
    const result: string[] = [];
    async function task(tag: string): Promise<void> {
      for (const time of [1, 2]) {
        await semaphore.acquire();
        result.push(`${tag}_${time}`);
        await settle();
        semaphore.release();
      }
    }
    await Promise.all([task("c1"), task("c2"), task("c3")]);
    expect(result).toEqual(["c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2"]);
  });

  // test_locks.SemaphoreTests.test_acquire_fifo_order_2
  test("queues behind earlier waiters, even right after a release", async () => {
    const semaphore = new Semaphore(1);
    const result: number[] = [];
    async function take(number: number): Promise<void> {
      await semaphore.acquire();
      result.push(number);
    }
    async function takeTwice(): Promise<void> {
      await take(2);
      semaphore.release();
      await take(4);
    }
    const tasks = [take(1), takeTwice(), take(3)];
    await settle();
    semaphore.release();
    semaphore.release();
    await Promise.all(tasks);
    expect(result).toEqual([1, 2, 3, 4]);
  });

  // test_locks.SemaphoreTests.test_acquire_fifo_order_4
  test("serves one waiter for each released permit, in FIFO order", async () => {
    const semaphore = new Semaphore(0);
    const result: number[] = [];
    async function c1(): Promise<void> {
      await semaphore.acquire();
      result.push(1);
      void Promise.resolve().then(() => result.push(4));
    }
    async function c2(): Promise<void> {
      semaphore.release();
      semaphore.release();
      semaphore.release();
      // asyncio shows locked until c1 has run, since it has not handed the permits over yet.
      expect(shown(semaphore)).toBe("Semaphore [unlocked, value:2]");
      await semaphore.acquire();
      result.push(2);
    }
    async function c3(): Promise<void> {
      await semaphore.acquire();
      expect(semaphore.locked()).toBe(true);
      result.push(3);
    }
    await Promise.all([c1(), c2(), c3()]);
    await settle();
    expect(result).toEqual([1, 2, 3, 4]);
  });
});

describe("Semaphore.tryAcquire()", () => {
  test("takes a permit if one is free, and returns null if none is", () => {
    const semaphore = new Semaphore(1);
    const permit = semaphore.tryAcquire();
    expect(permit).not.toBeNull();
    expect(semaphore.tryAcquire()).toBeNull();
    permit?.release();
    expect(semaphore.tryAcquire()).not.toBeNull();
  });

  test("never overtakes a waiter", async () => {
    const semaphore = new Semaphore(0);
    const waiting = watch(semaphore.acquire());
    semaphore.release();
    expect(semaphore.tryAcquire()).toBeNull();
    await settle();
    expect(waiting.state).toBe("fulfilled");
  });
});

describe("Semaphore.release()", () => {
  // test_locks.SemaphoreTests.test_release_no_waiters
  test("frees the permit if there are no waiters", async () => {
    const semaphore = new Semaphore();
    await semaphore.acquire();
    expect(semaphore.locked()).toBe(true);
    expect(semaphore.release()).toBeUndefined();
    expect(semaphore.locked()).toBe(false);
  });

  test("can raise the number of permits beyond the initial value", () => {
    const semaphore = new Semaphore(1);
    semaphore.release();
    semaphore.release();
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:3]");
  });

  test("hands its permit to exactly one waiter before it returns", async () => {
    const semaphore = new Semaphore(0);
    const waits = [1, 2, 3].map(() => watch(semaphore.acquire()));
    semaphore.release();
    semaphore.release();
    expect(shown(semaphore)).toBe("Semaphore [locked, waiters:1]");
    await settle();
    expect(waits.map(({ state }) => state)).toEqual(["fulfilled", "fulfilled", "pending"]);
  });
});

describe("Semaphore.run()", () => {
  test("lets as many functions run at a time as there are permits", async () => {
    const semaphore = new Semaphore(2);
    let running = 0;
    let most = 0;
    const results = await Promise.all(
      [0, 1, 2, 3, 4].map((number) =>
        semaphore.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await settle();
          running -= 1;
          return number;
        }),
      ),
    );
    expect(results).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:2]");
  });

  test("gives the permit back and rejects with the error when the function fails", async () => {
    const semaphore = new Semaphore(1);
    const failure = new Error("from inside");
    const fail = (): never => {
      throw failure;
    };
    await expect(semaphore.run(fail)).rejects.toBe(failure);
    expect(semaphore.locked()).toBe(false);
  });

  test("does not call the function when the wait was aborted", async () => {
    const semaphore = new Semaphore(0);
    const controller = new AbortController();
    let calls = 0;
    const running = watch(semaphore.run(() => (calls += 1), controller));
    controller.abort();
    semaphore.release();
    await settle();
    expect(running.state).toBe("rejected");
    expect(calls).toBe(0);
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:1]");
  });

  test("rejects with TypeError, and takes no permit, for anything but a function", async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.run("f" as never)).rejects.toThrow(
      'Invalid fn: expected a function, got "f"',
    );
    expect(semaphore.locked()).toBe(false);
  });
});
