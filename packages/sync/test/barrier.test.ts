import { Barrier } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { settle, shown, watch } from "./watched.ts";

describe("Barrier", () => {
  // test_locks.BarrierTests.test_barrier
  test("resolves to itself when awaited by mistake, and keeps filling", async () => {
    const barrier = new Barrier(5);
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await barrier).toBe(barrier);
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
  });

  // test_locks.BarrierTests.test_repr
  test("shows its waiters and parties, or that it is broken", async () => {
    const barrier = new Barrier(5);
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
    const waits = [watch(barrier.wait()), watch(barrier.wait())];
    expect(shown(barrier)).toBe("Barrier [filling, waiters:2/5]");
    for (let missing = 3; missing > 0; missing -= 1) waits.push(watch(barrier.wait()));
    // asyncio shows draining, then resetting; here a round has no state in between.
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
    waits.push(watch(barrier.wait()));
    barrier.reset();
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
    waits.push(watch(barrier.wait()));
    barrier.abort();
    expect(shown(barrier)).toBe("Barrier [broken]");
    expect(barrier.broken).toBe(true);
    expect(Object.prototype.toString.call(barrier)).toBe("[object Barrier]");
  });

  // test_locks.BarrierTests.test_barrier_parties
  test.each([0, -4, 1.5, NaN, Infinity])("throws RangeError for %d parties", (parties) => {
    expect(() => new Barrier(parties)).toThrow(RangeError);
    expect(() => new Barrier(parties)).toThrow(
      `Invalid parties: expected an integer of at least 1, got ${parties}`,
    );
    expect(new Barrier(5)).toBeInstanceOf(Barrier);
  });

  test.each([undefined, null, "3", 3n, {}])("throws TypeError for %o parties", (parties) => {
    expect(() => new Barrier(parties as number)).toThrow(TypeError);
  });
});

describe("Barrier.parties", () => {
  test("is the number of callers that meet", () => {
    const barrier = new Barrier(5);
    expect([barrier.parties, barrier.nWaiting, barrier.broken]).toEqual([5, 0, false]);
  });
});

describe("Barrier.wait()", () => {
  // test_locks.BarrierTests.test_context_manager
  test("gives each caller of a round a distinct place, in FIFO order", async () => {
    const barrier = new Barrier(3);
    const results: number[] = [];
    async function pass(): Promise<void> {
      results.push(await barrier.wait());
    }
    await Promise.all([pass(), pass(), pass()]);
    expect(results).toEqual([0, 1, 2]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  test("resumes the waiters before the caller that completes the round", async () => {
    const barrier = new Barrier(3);
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) {
      void barrier.wait().then((place) => order.push(`${name}${place}`));
    }
    await settle();
    expect(order).toEqual(["a0", "b1", "c2"]);
  });

  // test_locks.BarrierTests.test_filling_one_task
  test("does not wait at a barrier with one party", async () => {
    const barrier = new Barrier(1);
    const waiting = watch(barrier.wait());
    await Promise.resolve();
    expect(waiting).toEqual({ state: "fulfilled", value: 0 });
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  // test_locks.BarrierTests.test_filling_one_task_twice
  test("may be called any number of times at a barrier with one party", async () => {
    const barrier = new Barrier(1);
    expect([await barrier.wait(), await barrier.wait(), await barrier.wait()]).toEqual([0, 0, 0]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  // test_locks.BarrierTests.test_filling_task_by_task
  test("counts the waiters until the round is complete", async () => {
    const barrier = new Barrier(3);
    const waits = [watch(barrier.wait())];
    expect(barrier.nWaiting).toBe(1);
    waits.push(watch(barrier.wait()));
    await settle();
    expect(barrier.nWaiting).toBe(2);
    expect(waits.map(({ state }) => state)).toEqual(["pending", "pending"]);
    waits.push(watch(barrier.wait()));
    expect(barrier.nWaiting).toBe(0);
    await settle();
    expect(waits.map(({ value }) => value)).toEqual([0, 1, 2]);
    expect(barrier.broken).toBe(false);
  });

  // test_locks.BarrierTests.test_filling_tasks_wait_twice
  // test_locks.BarrierTests.test_filling_tasks_check_return_value
  test("serves round after round without a reset", async () => {
    const barrier = new Barrier(5);
    const results: boolean[] = [];
    async function task(): Promise<number> {
      await barrier.wait();
      results.push(true);
      const place = await barrier.wait();
      results.push(false);
      return place;
    }
    const places = await Promise.all([task(), task(), task(), task(), task()]);
    expect(results).toEqual([...Array(5).fill(true), ...Array(5).fill(false)]);
    expect(places).toEqual([0, 1, 2, 3, 4]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  // test_locks.BarrierTests.test_blocking_tasks_while_draining
  test("never mixes two rounds, even if some callers wait again before others have passed", async () => {
    const barrier = new Barrier(5);
    const others = new Barrier(3);
    let again = 2;
    async function task(): Promise<void> {
      await barrier.wait();
      if (again > 0) {
        again -= 1;
        await barrier.wait();
      } else {
        await others.wait();
        await barrier.wait();
      }
    }
    await Promise.all([task(), task(), task(), task(), task()]);
    expect([barrier.nWaiting, others.nWaiting]).toEqual([0, 0]);
  });

  test("puts a caller that waits again immediately into the next round", async () => {
    const barrier = new Barrier(2);
    const first = watch(barrier.wait());
    const places = [await barrier.wait()];
    const again = watch(barrier.wait());
    await settle();
    expect([first.value, ...places]).toEqual([0, 1]);
    expect([again.state, barrier.nWaiting]).toEqual(["pending", 1]);
  });

  // test_locks.BarrierTests.test_filling_tasks_cancel_one
  test("keeps filling, unbroken, when a waiter is aborted", async () => {
    const barrier = new Barrier(3);
    const results: boolean[] = [];
    async function task(signal?: AbortSignal): Promise<void> {
      await barrier.wait({ signal });
      results.push(true);
    }
    const controller = new CountingController();
    const first = watch(task(controller.signal));
    expect(barrier.nWaiting).toBe(1);
    const second = task();
    expect(barrier.nWaiting).toBe(2);
    controller.abort("stop");
    expect(barrier.nWaiting).toBe(1);
    await settle();
    expect(first.error).toMatchObject({ name: "AbortError", cause: "stop" });
    expect(controller.listeners).toBe(0);
    const third = task();
    expect(barrier.nWaiting).toBe(2);
    await Promise.all([second, third, task()]);
    expect(results).toEqual([true, true, true]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  test("gives distinct places even if some waiters were aborted", async () => {
    const barrier = new Barrier(3);
    const controller = new AbortController();
    watch(barrier.wait(controller));
    const second = barrier.wait();
    controller.abort();
    expect(await Promise.all([second, barrier.wait(), barrier.wait()])).toEqual([0, 1, 2]);
  });

  test("is not completed by a caller that arrives in the tick in which another is aborted", async () => {
    const barrier = new Barrier(2);
    const controller = new AbortController();
    watch(barrier.wait(controller));
    controller.abort();
    const second = watch(barrier.wait());
    await settle();
    expect([second.state, barrier.nWaiting]).toEqual(["pending", 1]);
  });

  test("resolves when the abort comes after the round is complete", async () => {
    const barrier = new Barrier(2);
    const controller = new AbortController();
    const first = watch(barrier.wait(controller));
    const second = watch(barrier.wait());
    controller.abort();
    await settle();
    expect([first.value, second.value, barrier.broken]).toEqual([0, 1, false]);
  });
});

// excused test_locks.BarrierTests.test_draining_state: all pass at once, a barrier never drains
