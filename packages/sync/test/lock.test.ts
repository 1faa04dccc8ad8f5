import { Lock, RuntimeError } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { settle, shown, watch } from "./watched.ts";

describe("Lock", () => {
  test("begins unlocked", () => {
    expect(new Lock().locked()).toBe(false);
  });

  // test_locks.LockTests.test_lock
  test("resolves to itself when awaited by mistake, and stays unlocked", async () => {
    const lock = new Lock();
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await lock).toBe(lock);
    expect(lock.locked()).toBe(false);
  });

  // test_locks.LockTests.test_repr
  test("shows whether it is held, and the number of waiters", () => {
    const lock = new Lock();
    expect(shown(lock)).toBe("Lock [unlocked]");
    lock.tryAcquire();
    expect(shown(lock)).toBe("Lock [locked]");
    watch(lock.acquire());
    watch(lock.acquire());
    expect(shown(lock)).toBe("Lock [locked, waiters:2]");
    expect(Object.prototype.toString.call(lock)).toBe("[object Lock]");
  });
});

describe("Lock.acquire()", () => {
  test("takes a free lock before it returns", () => {
    const lock = new Lock();
    void lock.acquire();
    expect(lock.locked()).toBe(true);
  });

  test("resolves after one microtask when the lock is free", async () => {
    const acquired = watch(new Lock().acquire());
    await Promise.resolve();
    expect(acquired.state).toBe("fulfilled");
  });

  // test_locks.LockTests.test_acquire
  test("hands the lock to the waiters in FIFO order", async () => {
    const lock = new Lock();
    const result: number[] = [];
    expect(await lock.acquire()).toBeTruthy();
    async function take(number: number): Promise<boolean> {
      if (await lock.acquire()) result.push(number);
      return true;
    }
    const first = watch(take(1));
    const second = watch(take(2));
    await settle();
    expect(result).toEqual([]);
    lock.release();
    await settle();
    expect(result).toEqual([1]);
    await settle();
    expect(result).toEqual([1]);
    const third = watch(take(3));
    lock.release();
    await settle();
    expect(result).toEqual([1, 2]);
    lock.release();
    await settle();
    expect(result).toEqual([1, 2, 3]);
    for (const task of [first, second, third]) expect(task.value).toBe(true);
  });

  test("never overtakes a waiter, even right after a release", async () => {
    const lock = new Lock();
    const order: string[] = [];
    lock.tryAcquire();
    void lock.acquire().then(() => order.push("waited"));
    lock.release();
    void lock.acquire().then(() => order.push("came later"));
    expect(lock.tryAcquire()).toBeNull();
    await settle();
    expect(order).toEqual(["waited"]);
    lock.release();
    await settle();
    expect(order).toEqual(["waited", "came later"]);
  });

  test("deadlocks when the holder calls it again: the lock is not reentrant", async () => {
    const lock = new Lock();
    await lock.acquire();
    const again = watch(lock.acquire());
    await settle();
    expect(again.state).toBe("pending");
  });
});

describe("Lock.tryAcquire()", () => {
  test("takes a free lock, and returns null for one that is held", () => {
    const lock = new Lock();
    const guard = lock.tryAcquire();
    expect(guard).not.toBeNull();
    expect(lock.locked()).toBe(true);
    expect(lock.tryAcquire()).toBeNull();
    guard?.release();
    expect(lock.tryAcquire()).not.toBeNull();
  });

  test("does not queue", () => {
    const lock = new Lock();
    lock.tryAcquire();
    lock.tryAcquire();
    expect(shown(lock)).toBe("Lock [locked]");
  });
});

describe("Lock.release()", () => {
  // test_locks.LockTests.test_release_not_acquired
  test("throws RuntimeError, and changes nothing, if the lock is not held", () => {
    const lock = new Lock();
    expect(() => lock.release()).toThrow(RuntimeError);
    expect(() => lock.release()).toThrow("Cannot release the lock: it is not held");
    expect(lock.locked()).toBe(false);
  });

  // test_locks.LockTests.test_release_no_waiters
  test("leaves the lock free if there are no waiters", async () => {
    const lock = new Lock();
    await lock.acquire();
    expect(lock.locked()).toBe(true);
    expect(lock.release()).toBeUndefined();
    expect(lock.locked()).toBe(false);
  });

  test("hands the lock to exactly one waiter before it returns", async () => {
    const lock = new Lock();
    lock.tryAcquire();
    const first = watch(lock.acquire());
    const second = watch(lock.acquire());
    lock.release();
    expect(shown(lock)).toBe("Lock [locked, waiters:1]");
    await settle();
    expect([first.state, second.state]).toEqual(["fulfilled", "pending"]);
  });

  test("may be called by any caller", async () => {
    const lock = new Lock();
    await lock.acquire();
    await Promise.resolve().then(() => lock.release());
    expect(lock.locked()).toBe(false);
  });

  test("makes the holder's guard do nothing from then on", () => {
    const lock = new Lock();
    const stale = lock.tryAcquire();
    lock.release();
    const current = lock.tryAcquire();
    stale?.release();
    expect(lock.locked()).toBe(true);
    current?.release();
    expect(lock.locked()).toBe(false);
  });
});

describe("Lock.run()", () => {
  test("holds the lock while the function runs, and resolves with what it returns", async () => {
    const lock = new Lock();
    const result = await lock.run(async () => {
      await settle();
      return lock.locked();
    });
    expect(result).toBe(true);
    expect(lock.locked()).toBe(false);
  });

  test("lets one function run at a time, in the order of the calls", async () => {
    const lock = new Lock();
    const trace: string[] = [];
    const step = (name: string) =>
      lock.run(async () => {
        trace.push(`${name} begins`);
        await settle();
        trace.push(`${name} ends`);
      });
    await Promise.all([step("a"), step("b")]);
    expect(trace).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  const failure = new Error("from inside");
  test.each([
    {
      how: "throws",
      fn: (): never => {
        throw failure;
      },
    },
    { how: "rejects", fn: () => Promise.reject(failure) },
    {
      how: "returns a thenable that rejects",
      // oxlint-disable-next-line unicorn/no-thenable -- A thenable is the case.
      fn: () => ({ then: (_: unknown, reject: (error: Error) => void) => reject(failure) }),
    },
  ])("releases the lock and passes the error on when the function $how", async ({ fn }) => {
    const lock = new Lock();
    await expect(lock.run(fn as () => Promise<never>)).rejects.toBe(failure);
    expect(lock.locked()).toBe(false);
  });

  test("does not call the function when the wait was aborted", async () => {
    const lock = new Lock();
    lock.tryAcquire();
    const controller = new AbortController();
    let calls = 0;
    const running = watch(lock.run(() => (calls += 1), controller));
    controller.abort();
    lock.release();
    await settle();
    expect(running.state).toBe("rejected");
    expect(calls).toBe(0);
    expect(lock.locked()).toBe(false);
  });

  test("releases only what it acquired", async () => {
    const lock = new Lock();
    let other: unknown;
    await lock.run(() => {
      lock.release();
      other = lock.tryAcquire();
    });
    expect(other).not.toBeNull();
    expect(lock.locked()).toBe(true);
  });

  test("rejects with TypeError, without taking the lock, for anything but a function", async () => {
    const lock = new Lock();
    await expect(lock.run(5 as never)).rejects.toThrow("Invalid fn: expected a function, got 5");
    expect(lock.locked()).toBe(false);
  });
});

// excused test_locks.LockTests.test_lock_doesnt_accept_loop_parameter: there are no event loops to pass
