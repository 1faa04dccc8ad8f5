import { BoundedSemaphore, Semaphore } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { settle, shown, watch } from "./watched.ts";

describe("BoundedSemaphore", () => {
  test("is a Semaphore", () => {
    expect(new BoundedSemaphore()).toBeInstanceOf(Semaphore);
  });

  test("shows its state under its own name", () => {
    const semaphore = new BoundedSemaphore(2);
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:2]");
    expect(Object.prototype.toString.call(semaphore)).toBe("[object BoundedSemaphore]");
  });

  test.each([-1, NaN, 0.5])("throws RangeError for a value of %d", (value) => {
    expect(() => new BoundedSemaphore(value)).toThrow(RangeError);
  });
});

describe("BoundedSemaphore.release()", () => {
  // test_locks.SemaphoreTests.test_release_not_acquired
  test("throws RangeError if all permits are free, and changes nothing", () => {
    const semaphore = new BoundedSemaphore();
    expect(() => semaphore.release()).toThrow(RangeError);
    expect(() => semaphore.release()).toThrow(
      "Cannot release the semaphore: all of its 1 permits are free",
    );
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:1]");
  });

  test("gives back what was acquired, and no more", async () => {
    const semaphore = new BoundedSemaphore(2);
    await semaphore.acquire();
    await semaphore.acquire();
    semaphore.release();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(RangeError);
  });

  test("detects an extra release only after the waiters are served", async () => {
    const semaphore = new BoundedSemaphore(1);
    semaphore.tryAcquire();
    const waiting = watch(semaphore.acquire());
    semaphore.release();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(RangeError);
    await settle();
    expect(waiting.state).toBe("fulfilled");
  });

  test("refuses every release if it started with 0 permits", () => {
    expect(() => new BoundedSemaphore(0).release()).toThrow(RangeError);
  });

  test("accepts any number of releases if it has Infinity permits", async () => {
    const semaphore = new BoundedSemaphore(Infinity);
    const permit = await semaphore.acquire();
    permit.release();
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:Infinity]");
  });
});
