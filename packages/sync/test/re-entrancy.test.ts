import { Barrier, Condition, Event, Lock, Semaphore } from "@aio/sync";
import { describe, expect, test } from "vitest";
import { places } from "./places.ts";
import { CountingController, PlainSignal } from "./signals.ts";
import { settle, shown, watch } from "./watched.ts";

// Abort listeners, getters of the reason and the methods of signals that are not the platform's are the
// only foreign code that runs inside a call of this package. They may do anything.

describe.each(places)("$name, and an abort listener", ({ blocked }) => {
  test("resolves when an earlier listener of the signal wakes it", async () => {
    const place = blocked();
    const controller = new CountingController();
    controller.signal.addEventListener("abort", () => place.open(), { once: true });
    const waiting = watch(place.wait(controller));
    await settle();
    controller.abort();
    await settle();
    expect(waiting.state).toBe("fulfilled");
  });

  test("rejects when a later listener of the signal tries to wake it", async () => {
    const place = blocked();
    const before = place.shown();
    const controller = new AbortController();
    const waiting = watch(place.wait(controller));
    let seen = "";
    controller.signal.addEventListener("abort", () => {
      seen = place.shown();
      place.open();
    });
    await settle();
    controller.abort();
    await settle();
    expect(seen).toBe(before);
    expect(waiting.state).toBe("rejected");
  });

  test.each(["before", "after"])("rejects a call made by a listener %s its own", async (when) => {
    const place = blocked();
    const before = place.shown();
    const controller = new AbortController();
    const again: { wait?: ReturnType<typeof watch> } = {};
    const listener = (): void => {
      again.wait = watch(place.wait(controller));
    };
    if (when === "before") controller.signal.addEventListener("abort", listener);
    const waiting = watch(place.wait(controller));
    if (when === "after") controller.signal.addEventListener("abort", listener);
    await settle();
    controller.abort("stop");
    await settle();
    expect([waiting.state, again.wait?.state]).toEqual(["rejected", "rejected"]);
    expect(place.shown()).toBe(before);
  });

  test("keeps FIFO order when a getter of the reason wakes the first waiter", async () => {
    const place = blocked();
    const controller = new CountingController();
    let opened = false;
    const reason = {
      get name(): string {
        if (!opened) {
          opened = true;
          place.open();
        }
        return "Reason";
      },
    };
    const first = watch(place.wait(controller));
    await settle();
    const second = watch(place.wait(new AbortController()));
    const third = watch(place.wait(controller));
    await settle();
    controller.abort(reason);
    await settle();
    expect(opened).toBe(true);
    expect(controller.listeners).toBe(0);
    expect(first.state).toBe("fulfilled");
    for (let turn = 0; turn < 3; turn += 1) {
      place.open();
      await settle();
    }
    expect(second.state).toBe("fulfilled");
    expect(third.state).not.toBe("pending");
  });
});

describe.each(places)("$name, and a signal that is not the platform's", ({ blocked, waited }) => {
  test("resolves, and leaves no listener, when addEventListener() wakes it", async () => {
    const place = blocked();
    const signal = new PlainSignal();
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (type, listener) => {
      place.open();
      add(type, listener);
    };
    const waiting = watch(place.wait({ signal: signal as unknown as AbortSignal }));
    await settle();
    // A condition has no sleeper to notify before the signal has accepted the listener.
    if (waited === "on the condition") place.open();
    await settle();
    expect(waiting.state).toBe("fulfilled");
    expect(signal.listeners.size).toBe(0);
  });
});

describe("Event.set(), and a signal whose removeEventListener() calls back", () => {
  function waitWith(event: Event, callBack: () => void): ReturnType<typeof watch> {
    const signal = new PlainSignal();
    const remove = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (type, listener) => {
      remove(type, listener);
      callBack();
    };
    return watch(event.wait({ signal: signal as unknown as AbortSignal }));
  }

  test("does not wake a caller that begins to wait there, after clear()", async () => {
    const event = new Event();
    const again: { wait?: ReturnType<typeof watch> } = {};
    const first = waitWith(event, () => {
      event.clear();
      again.wait = watch(event.wait());
    });
    event.set();
    await settle();
    expect([first.state, again.wait?.state]).toEqual(["fulfilled", "pending"]);
  });

  test("wakes those that are left when a later waiter is aborted there", async () => {
    const event = new Event();
    const controller = new AbortController();
    const first = waitWith(event, () => controller.abort());
    const second = watch(event.wait(controller));
    event.set();
    await settle();
    expect([first.state, second.state]).toEqual(["fulfilled", "rejected"]);
    expect(shown(event)).toBe("Event [set]");
  });
});

describe("Condition.wait(), and a signal whose removeEventListener() calls back", () => {
  test("hands the lock on when it is released there, and not a second time", async () => {
    const condition = new Condition();
    const guard = await condition.acquire();
    const signal = new PlainSignal();
    signal.removeEventListener = () => condition.release();
    const woken = watch(condition.wait({ signal: signal as unknown as AbortSignal }));
    const notifier = await condition.acquire();
    const [second, third] = [watch(condition.acquire()), watch(condition.acquire())];
    condition.notify();
    notifier.release();
    await settle();
    // The sleeper is the last in the queue: it wakes after both have had the lock.
    condition.release();
    await settle();
    const last = watch(condition.acquire());
    condition.release();
    await settle();
    expect([second, third, woken, last].map(({ state }) => state)).toEqual(
      Array(4).fill("fulfilled"),
    );
    guard.release();
    expect(condition.locked()).toBe(true);
  });
});

describe("AbortSignal", () => {
  test("rejects all of its waiters in FIFO order, across all primitives", async () => {
    const controller = new CountingController();
    const lock = new Lock();
    lock.tryAcquire();
    const condition = new Condition();
    condition.tryAcquire();
    const order: string[] = [];
    const wait = (name: string, waiting: Promise<unknown>): void => {
      waiting.catch(() => order.push(name));
    };
    wait("lock", lock.acquire(controller));
    wait("event", new Event().wait(controller));
    wait("semaphore", new Semaphore(0).acquire(controller));
    wait("condition", condition.wait(controller));
    wait("barrier", new Barrier(2).wait(controller));
    wait("lock again", lock.acquire(controller));
    expect(controller.listeners).toBe(1);
    controller.abort();
    expect(controller.listeners).toBe(0);
    await settle();
    expect(order).toEqual(["lock", "event", "semaphore", "condition", "barrier", "lock again"]);
    expect(shown(lock)).toBe("Lock [locked]");
  });

  test("leaves the other waiters of a lock in order when it aborts many of them", async () => {
    const lock = new Lock();
    lock.tryAcquire();
    const shared = new AbortController();
    const order: number[] = [];
    for (let number = 0; number < 20; number += 1) {
      const options =
        number % 3 === 0 ? undefined : number % 3 === 1 ? shared : new AbortController();
      void lock.acquire(options).then(
        () => order.push(number),
        () => {},
      );
    }
    shared.abort();
    for (let turn = 0; turn < 20; turn += 1) {
      if (lock.locked()) lock.release();
      await settle();
    }
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n).filter((n) => n % 3 !== 1));
    expect(lock.locked()).toBe(false);
  });

  test("works even if it is not extensible", async () => {
    const controller = new AbortController();
    Object.preventExtensions(controller.signal);
    const event = new Event();
    const waits = [event.wait(controller), event.wait(controller)].map(watch);
    controller.abort();
    await settle();
    expect(waits.map(({ state }) => state)).toEqual(["rejected", "rejected"]);
    expect(shown(event)).toBe("Event [unset]");
  });
});
