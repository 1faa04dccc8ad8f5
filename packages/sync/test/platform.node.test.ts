import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext, runInThisContext } from "node:vm";
import {
  Barrier,
  BoundedSemaphore,
  CancelledError,
  Condition,
  Event,
  Lock,
  Semaphore,
} from "@aio/sync";
import { describe, expect, test, vi } from "vitest";
import { places } from "./places.ts";
import { settle, shown, watch } from "./watched.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const mine = (): void => {};

async function collected(references: readonly WeakRef<object>[]): Promise<boolean[]> {
  for (let turn = 0; turn < 10; turn += 1) {
    await settle();
    collectGarbage();
    if (references.every((reference) => reference.deref() === undefined)) break;
  }
  return references.map((reference) => reference.deref() === undefined);
}

describe.each(places)("$name, on Node", ({ blocked }) => {
  test("leaves no listener on the signal, whatever the outcome", async () => {
    for (const outcome of ["passes", "aborts"]) {
      const place = blocked();
      const controller = new AbortController();
      controller.signal.addEventListener("abort", mine);
      watch(place.wait(controller));
      watch(place.wait(controller));
      await settle();
      expect(getEventListeners(controller.signal, "abort")).toHaveLength(2);
      if (outcome === "aborts") controller.abort();
      for (let turn = 0; turn < 3; turn += 1) {
        place.open();
        await settle();
      }
      expect(getEventListeners(controller.signal, "abort")).toEqual([mine]);
    }
  });

  test("rejects on the abort even if an earlier listener stops the event", async () => {
    const place = blocked();
    const controller = new AbortController();
    controller.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
    const waits = [watch(place.wait(controller)), watch(place.wait(controller))];
    await settle();
    controller.abort();
    place.open();
    await settle();
    expect(waits.map(({ state }) => state)).toEqual(["rejected", "rejected"]);
  });

  test("has the caller in the error's stack when AbortSignal.timeout() ends the wait", async () => {
    const place = blocked();
    const signal = AbortSignal.timeout(5);
    const placeOrder = async (): Promise<unknown> => place.wait({ signal });
    const waiting = watch(placeOrder());
    await new Promise((resolve) => setTimeout(resolve, 20));
    place.open();
    await vi.waitUntil(() => waiting.state === "rejected");
    expect(waiting.error).toMatchObject({ stack: expect.stringContaining("placeOrder") });
  });

  test("can be garbage-collected together with its waiters and their promises", async () => {
    const references = (() => {
      const place = blocked();
      const promises = [place.wait(), place.wait(new AbortController())];
      return [place, ...promises].map((object) => new WeakRef<object>(object));
    })();
    expect(await collected(references)).toEqual([true, true, true]);
  });

  test("is not kept alive by a signal whose waits have ended", async () => {
    const controller = new AbortController();
    const references = await (async () => {
      const place = blocked();
      const waits = [place.wait(controller), place.wait({ signal: controller.signal })];
      waits.map(watch);
      for (let turn = 0; turn < 3; turn += 1) {
        place.open();
        await settle();
      }
      return [place, ...waits].map((object) => new WeakRef<object>(object));
    })();
    expect(await collected(references)).toEqual([true, true, true]);
    expect(controller.signal.aborted).toBe(false);
  });
});

describe("Node", () => {
  test("does not warn of a listener leak, however many calls wait on one signal", async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", listener);
    const controller = new AbortController();
    for (const { blocked } of places) {
      const place = blocked();
      for (let n = 0; n < 50; n += 1) watch(place.wait(controller));
    }
    await settle();
    controller.abort();
    await settle();
    process.off("warning", listener);
    expect(warnings).toEqual([]);
  });

  test("exits despite pending waits, even with a timeout", async () => {
    const before = process.getActiveResourcesInfo().toSorted();
    const controller = new AbortController();
    for (const { blocked } of places) {
      for (const signal of [undefined, controller.signal, AbortSignal.timeout(60_000)]) {
        watch(blocked().wait({ signal }));
      }
    }
    expect(process.getActiveResourcesInfo().toSorted()).toEqual(before);
    controller.abort();
  });

  test("shows each primitive with its state", () => {
    expect(inspect(new Lock())).toBe("Lock [unlocked]");
    expect(inspect({ at: [new Event()] })).toBe("{ at: [ Event [unset] ] }");
    expect(inspect(new Condition())).toBe("Condition [unlocked]");
    expect(inspect(new Semaphore(2))).toBe("Semaphore [unlocked, value:2]");
    expect(inspect(new BoundedSemaphore(0))).toBe("BoundedSemaphore [locked]");
    expect(inspect(new Barrier(3))).toBe("Barrier [filling, waiters:0/3]");
  });

  test("shows a proxy of a primitive, which cannot access its state", () => {
    const lock = new Lock();
    expect(inspect(new Proxy(lock, {}))).toBe("[object Lock]");
    expect(inspect(new Proxy(lock.tryAcquire() ?? {}, {}))).toBe("[object Guard]");
    expect(inspect(new Proxy(new Condition(), {}))).toBe("[object Condition]");
  });

  test("clones a lock to an empty object, not a second lock", () => {
    const lock = new Lock();
    lock.tryAcquire();
    const clone: unknown = structuredClone(lock);
    expect(clone).toEqual({});
    expect(clone).not.toBeInstanceOf(Lock);
    expect(shown(lock)).toBe("Lock [locked]");
  });
});

/** The engine's own `using`, which Node has since version 24: tests are compiled to a helper instead. */
const nativeUsing = ((): ((resource: object) => void) | undefined => {
  try {
    return runInThisContext("(resource) => { using held = resource; }");
  } catch {
    return undefined;
  }
})();

describe.runIf(nativeUsing !== undefined)("A guard", () => {
  test.each([
    ["a lock", new Lock()],
    ["a semaphore", new Semaphore(1)],
  ])("of %s is released by the engine's own using", (_, primitive) => {
    const guard = primitive.tryAcquire();
    expect(primitive.locked()).toBe(true);
    nativeUsing?.(guard ?? {});
    expect(primitive.locked()).toBe(false);
  });
});

describe("The queue of a lock", () => {
  async function bytesAfter(run: () => Promise<void> | void): Promise<number> {
    const used = async (): Promise<number> => {
      await settle();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await used();
    await run();
    return (await used()) - before;
  }

  const many = 200_000;
  // One slot for each of so many callers takes 1.6 MB.
  const few = 800_000;

  test("keeps no room for callers that were aborted behind a waiter", async () => {
    const lock = new Lock();
    lock.tryAcquire();
    watch(lock.acquire());
    const reason = new CancelledError();
    const bytes = await bytesAfter(async () => {
      for (let n = 0; n < many; n += 1) {
        const controller = new AbortController();
        lock.acquire(controller).catch(() => {});
        controller.abort(reason);
        if (n % 1_000 === 0) await settle();
      }
    });
    expect(bytes).toBeLessThan(few);
    expect(shown(lock)).toBe("Lock [locked, waiters:1]");
  });

  test("keeps no room for a burst of waiters once it is empty", async () => {
    const lock = new Lock();
    lock.tryAcquire();
    const bytes = await bytesAfter(() => {
      for (let n = 0; n < many; n += 1) void lock.acquire();
      for (let n = 0; n <= many; n += 1) lock.release();
    });
    expect(bytes).toBeLessThan(few);
    expect(lock.locked()).toBe(false);
  });
});
