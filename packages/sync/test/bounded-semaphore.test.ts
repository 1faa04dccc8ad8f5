import { BoundedSemaphore, Semaphore } from "@aio/sync";
import { describe, expect, it } from "vitest";
import { settle, shown, watch } from "./watched.ts";

describe("BoundedSemaphore", () => {
  it("is a Semaphore", () => {
    expect(new BoundedSemaphore()).toBeInstanceOf(Semaphore);
  });

  it("shows its state under its own name", () => {
    const semaphore = new BoundedSemaphore(2);
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:2]");
    expect(Object.prototype.toString.call(semaphore)).toBe("[object BoundedSemaphore]");
  });

  it.each([-1, NaN, 0.5])("throws RangeError for a value of %d", (value) => {
    expect(() => new BoundedSemaphore(value)).toThrow(RangeError);
  });
});

describe("BoundedSemaphore.release()", () => {
  // test_locks.SemaphoreTests.test_release_not_acquired
  it("throws RangeError if all permits are free, and changes nothing", () => {
    const semaphore = new BoundedSemaphore();
    expect(() => semaphore.release()).toThrow(RangeError);
    expect(() => semaphore.release()).toThrow(
      "Cannot release the semaphore: all of its 1 permits are free",
    );
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:1]");
  });

  it("gives back what was acquired, and no more", async () => {
    const semaphore = new BoundedSemaphore(2);
    await semaphore.acquire();
    await semaphore.acquire();
    semaphore.release();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(RangeError);
  });

  it("detects an extra release only after the waiters are served", async () => {
    const semaphore = new BoundedSemaphore(1);
    semaphore.tryAcquire();
    const waiting = watch(semaphore.acquire());
    semaphore.release();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(RangeError);
    await settle();
    expect(waiting.state).toBe("fulfilled");
  });

  it("refuses every release if it started with 0 permits", () => {
    expect(() => new BoundedSemaphore(0).release()).toThrow(RangeError);
  });

  it("accepts any number of releases if it has Infinity permits", async () => {
    const semaphore = new BoundedSemaphore(Infinity);
    const permit = await semaphore.acquire();
    permit.release();
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:Infinity]");
  });
});
