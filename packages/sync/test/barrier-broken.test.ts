import { Barrier, BrokenBarrierError, RuntimeError } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { CountingController } from "./signals.ts";
import { errorOf, settle, shown, watch } from "./watched.ts";

/** Run `task` `count` times at once. */
function all(count: number, task: () => Promise<void>): Promise<void[]> {
  return Promise.all(Array.from({ length: count }, task));
}

/**
 * Five callers wait twice, and the third to pass the first round calls `end` instead. Returns how many
 * waits were rejected in the first round and in the second.
 */
async function endedInSecondRound(barrier: Barrier, end: () => void): Promise<[number, number]> {
  const broken: [number, number] = [0, 0];
  let count = 0;
  await all(5, async () => {
    try {
      await barrier.wait();
    } catch {
      broken[0] += 1;
      return;
    }
    count += 1;
    if (count > 2) {
      end();
      return;
    }
    try {
      await barrier.wait();
    } catch {
      broken[1] += 1;
    }
  });
  return broken;
}

function fail(error: unknown): never {
  throw error;
}

describe("Barrier.reset()", () => {
  // test_locks.BarrierTests.test_reset_barrier
  test("changes nothing at a barrier without waiters", async () => {
    const barrier = new Barrier(1);
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await barrier.reset()).toBeUndefined();
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
    expect(await barrier.wait()).toBe(0);
  });

  // test_locks.BarrierTests.test_reset_barrier_while_tasks_waiting
  test("rejects every waiter with a separate error, in FIFO order", async () => {
    const barrier = new Barrier(5);
    const results: [number, unknown][] = [];
    for (const number of [0, 1, 2, 3]) {
      barrier.wait().catch((error: unknown) => results.push([number, error]));
    }
    barrier.reset();
    await settle();
    expect(results.map(([number]) => number)).toEqual([0, 1, 2, 3]);
    expect(new Set(results.map(([, error]) => error)).size).toBe(4);
    for (const [, error] of results) {
      expect(error).toBeInstanceOf(BrokenBarrierError);
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error).toMatchObject({ message: "Stopped waiting at the barrier: it was reset" });
    }
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
  });

  test("rejects the waiters before it returns, ahead of any waiter of the next round", async () => {
    for (const stop of ["reset", "abort"] as const) {
      const barrier = new Barrier(2);
      const log: unknown[] = [];
      for (const options of [undefined, new AbortController()]) {
        barrier.wait(options).catch(() => log.push("broken"));
        barrier[stop]();
        barrier.reset();
        barrier.wait().then((place) => log.push(place), fail);
        barrier.wait().then((place) => log.push(place), fail);
      }
      await settle();
      expect(log).toEqual(["broken", 0, 1, "broken", 0, 1]);
    }
  });

  test("leaves no listener on the signal, so a later abort has no effect", async () => {
    const barrier = new Barrier(2);
    const controller = new CountingController();
    const waiting = errorOf(barrier.wait(controller));
    barrier.reset();
    expect(controller.listeners).toBe(0);
    controller.abort();
    expect(await waiting).toBeInstanceOf(BrokenBarrierError);
  });

  // test_locks.BarrierTests.test_reset_barrier_while_tasks_waiting_and_waiting_again
  test("lets rejected waiters meet again", async () => {
    const barrier = new Barrier(5);
    let broken = 0;
    let passed = 0;
    const tasks = all(4, async () => {
      try {
        await barrier.wait();
      } catch (error) {
        if (error instanceof BrokenBarrierError) broken += 1;
      } finally {
        await barrier.wait();
        passed += 1;
      }
    });
    barrier.reset();
    await settle();
    await barrier.wait();
    passed += 1;
    await tasks;
    expect([broken, passed]).toEqual([4, 5]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  // test_locks.BarrierTests.test_reset_barrier_while_tasks_draining
  test("breaks no wait if no caller waits when it is called", async () => {
    const barrier = new Barrier(5);
    let count = 0;
    let second = 0;
    let broken = 0;
    let third = 0;
    await all(5, async () => {
      await barrier.wait();
      count += 1;
      if (count === 5) {
        // Here the other four already wait for the next round; in asyncio they are still draining, and
        // keep waiting. Only an empty barrier can be reset without breaking a wait.
        expect(barrier.nWaiting).toBe(4);
        await barrier.wait();
      } else {
        try {
          await barrier.wait();
          second += 1;
        } catch {
          broken += 1;
        }
      }
      if (barrier.nWaiting === 0) barrier.reset();
      await barrier.wait();
      third += 1;
    });
    expect([second, broken, third]).toEqual([4, 0, 5]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  test("does not affect a round that was already complete", async () => {
    const barrier = new Barrier(3);
    const waits = [barrier.wait(), barrier.wait(), barrier.wait()].map(watch);
    barrier.reset();
    await settle();
    expect(waits.map(({ value }) => value)).toEqual([0, 1, 2]);
  });

  // test_locks.BarrierTests.test_reset_barrier_when_tasks_half_draining
  test("breaks no waiter of a complete round when one of its callers calls it first", async () => {
    const barrier = new Barrier(5);
    let broken = 0;
    let passed = 0;
    await all(5, async () => {
      try {
        await barrier.wait();
      } catch {
        broken += 1;
        return;
      }
      passed += 1;
      if (passed === 3) barrier.reset();
    });
    // asyncio breaks the 2 callers that have not run yet.
    expect([broken, passed]).toEqual([0, 5]);
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
  });

  // test_locks.BarrierTests.test_reset_barrier_when_tasks_half_draining_half_blocking
  test("breaks the waiters of the next round, and none of the complete one", async () => {
    const barrier = new Barrier(5);
    const broken = await endedInSecondRound(barrier, () => barrier.reset());
    // asyncio: 2 and 0, since its round ends only once every waiter has left it.
    expect(broken).toEqual([0, 2]);
    expect(shown(barrier)).toBe("Barrier [filling, waiters:0/5]");
  });
});

describe("Barrier.abort()", () => {
  // test_locks.BarrierTests.test_abort_barrier
  test("breaks a barrier without waiters", async () => {
    const barrier = new Barrier(1);
    // oxlint-disable-next-line typescript/await-thenable -- On purpose: callers do it by mistake.
    expect(await barrier.abort()).toBeUndefined();
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, true]);
    expect(await errorOf(barrier.wait())).toMatchObject({
      name: "BrokenBarrierError",
      message: "Cannot wait at the barrier: it is broken",
    });
  });

  test("rejects every waiter, and every caller until the reset", async () => {
    const barrier = new Barrier(2);
    const controller = new CountingController();
    const waiting = errorOf(barrier.wait(controller));
    barrier.abort();
    expect(controller.listeners).toBe(0);
    const later = [await errorOf(barrier.wait()), await errorOf(barrier.wait())];
    expect(await waiting).toMatchObject({
      message: "Stopped waiting at the barrier: it was aborted",
    });
    expect(new Set([await waiting, ...later]).size).toBe(3);
    barrier.reset();
    expect(barrier.broken).toBe(false);
    expect(await Promise.all([barrier.wait(), barrier.wait()])).toEqual([0, 1]);
  });

  test("yields to an aborted signal: the wait rejects with CancelledError", async () => {
    const barrier = new Barrier(2);
    barrier.abort();
    const error = await errorOf(barrier.wait({ signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
  });

  // test_locks.BarrierTests.test_abort_barrier_when_tasks_half_draining_half_blocking
  test("breaks the waiters of the next round and later callers, but not the complete round", async () => {
    const barrier = new Barrier(5);
    const broken = await endedInSecondRound(barrier, () => barrier.abort());
    // asyncio: 2 and 2, although the barrier had already let the first 2 pass.
    expect(broken).toEqual([0, 2]);
    expect(shown(barrier)).toBe("Barrier [broken]");
  });

  // test_locks.BarrierTests.test_abort_barrier_when_exception
  test("stops the next round of every caller when one of them fails", async () => {
    const barrier = new Barrier(5);
    let passed = 0;
    let broken = 0;
    await all(5, async () => {
      try {
        if ((await barrier.wait()) === 2) throw new RangeError("from inside");
        await barrier.wait();
        passed += 1;
      } catch (error) {
        if (error instanceof BrokenBarrierError) broken += 1;
        else barrier.abort();
      }
    });
    expect([passed, broken]).toEqual([0, 4]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, true]);
  });

  // test_locks.BarrierTests.test_abort_barrier_when_exception_then_resetting
  test("is undone by a reset, after which every caller passes", async () => {
    const first = new Barrier(5);
    const second = new Barrier(5);
    let passed = 0;
    let broken = 0;
    let met = 0;
    await all(5, async () => {
      try {
        if ((await first.wait()) === 2) throw new RangeError("from inside");
        await first.wait();
        passed += 1;
      } catch (error) {
        if (error instanceof BrokenBarrierError) broken += 1;
        else first.abort();
      }
      if ((await second.wait()) === 2) first.reset();
      await second.wait();
      await first.wait();
      met += 1;
    });
    expect([passed, broken, met]).toEqual([0, 4, 5]);
    expect([first.nWaiting, first.broken]).toEqual([0, false]);
  });
});
