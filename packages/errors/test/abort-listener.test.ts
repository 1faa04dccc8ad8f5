import { setMaxListeners } from "node:events";
import { CancelledError, TimeoutError } from "@aio/errors";
import { describe, expect, test } from "vitest";
import { Waiter, listenersOf } from "./waiter.ts";

const total = 100_000;

/** The time for `total` listeners to start, every other one to stop, and the rest to be called. */
function timeOf(signals: number): number {
  const told: string[] = [];
  const crowds = Array.from({ length: signals }, () => ({
    controller: new AbortController(),
    waiters: Array.from({ length: total / signals }, () => new Waiter(told, "")),
  }));
  // A CancelledError reaches each listener as it is. Creating one per listener would dominate the time.
  const reason = new CancelledError();
  const start = performance.now();
  for (const { controller, waiters } of crowds) {
    for (const waiter of waiters) waiter.listenTo(controller.signal);
    for (let n = 0; n < waiters.length; n += 2) waiters[n]?.stopListening();
    controller.abort(reason);
  }
  const time = performance.now() - start;
  expect(told).toHaveLength(total / 2);
  return time;
}

function bestOfThree(signals: number): number {
  return Math.min(...[1, 2, 3].map(() => timeOf(signals)));
}

type Kind = readonly [string, (signal: AbortSignal) => AbortSignal];

const kinds: readonly Kind[] = [
  ["an ordinary signal", (signal) => signal],
  ["a signal that follows another one", (signal) => AbortSignal.any([signal])],
];

/** Deno's addEventListener() defines a property on the signal, and throws if it cannot. */
const closedKinds: readonly Kind[] =
  "Deno" in globalThis
    ? []
    : [
        ["a sealed signal", (signal) => Object.seal(signal)],
        ["a signal that takes no properties", (signal) => Object.preventExtensions(signal)],
      ];

function frozenTakesListeners(): boolean {
  try {
    Object.freeze(new AbortController().signal).addEventListener("abort", () => {});
    return true;
  } catch {
    return false;
  }
}

describe.each([...kinds, ...closedKinds])("AbortListener.listenTo() on %s", (_, made) => {
  function setUp() {
    const controller = new AbortController();
    return { abort: controller.abort.bind(controller), signal: made(controller.signal) };
  }

  test("is called before abort() returns, with the error for the reason", () => {
    const { abort, signal } = setUp();
    const waiter = new Waiter([], "a");
    waiter.listenTo(signal);
    abort("enough");
    expect(waiter.errors).toHaveLength(1);
    expect(waiter.errors[0]).toBeInstanceOf(CancelledError);
    expect(waiter.errors[0]?.cause).toBe("enough");
  });

  test("is called with a TimeoutError when the signal times out", () => {
    const { abort, signal } = setUp();
    const waiter = new Waiter([], "a");
    waiter.listenTo(signal);
    abort(new DOMException("The time is over", "TimeoutError"));
    expect(waiter.errors[0]).toBeInstanceOf(TimeoutError);
  });

  test("calls its listeners in FIFO order, each once", () => {
    const { abort, signal } = setUp();
    const told: string[] = [];
    for (const name of ["a", "b", "c", "d"]) new Waiter(told, name).listenTo(signal);
    abort();
    abort();
    expect(told).toEqual(["a", "b", "c", "d"]);
  });

  test("adds one event listener for all, and removes it when the last one stops listening", () => {
    const { signal } = setUp();
    const waiters = Array.from({ length: 3 }, () => new Waiter([], ""));
    const counts = [];
    for (const waiter of waiters) {
      waiter.listenTo(signal);
      counts.push(listenersOf(signal));
    }
    for (const waiter of waiters) {
      waiter.stopListening();
      counts.push(listenersOf(signal));
    }
    expect(counts).toEqual([1, 1, 1, 1, 1, 0]);
  });

  test("leaves no event listener behind after the abort", () => {
    const { abort, signal } = setUp();
    for (const name of ["a", "b"]) new Waiter([], name).listenTo(signal);
    abort();
    expect(listenersOf(signal)).toBe(0);
  });
});

describe("AbortListener.listenTo()", () => {
  test("moves to the new signal when it already listens to another one", () => {
    const [from, to] = [new AbortController(), new AbortController()];
    const told: string[] = [];
    const waiter = new Waiter(told, "a");
    waiter.listenTo(from.signal);
    waiter.listenTo(to.signal);
    from.abort();
    expect(told).toEqual([]);
    expect(listenersOf(from.signal)).toBe(0);
    to.abort();
    expect(told).toEqual(["a"]);
  });

  test("goes to the end of the order when called again", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const [a, b] = [new Waiter(told, "a"), new Waiter(told, "b")];
    a.listenTo(controller.signal);
    b.listenTo(controller.signal);
    a.listenTo(controller.signal);
    controller.abort();
    expect(told).toEqual(["b", "a"]);
  });

  test("stops listening, and leaves nothing on the signal, if that has aborted", () => {
    const controller = new AbortController();
    const signal = AbortSignal.abort();
    const told: string[] = [];
    const waiter = new Waiter(told, "a");
    waiter.listenTo(controller.signal);
    waiter.listenTo(signal);
    controller.abort();
    expect(told).toEqual([]);
    expect(listenersOf(signal)).toBe(0);
  });

  test("can be used again after an abort, with another signal", () => {
    const told: string[] = [];
    const waiter = new Waiter(told, "a");
    for (const controller of [new AbortController(), new AbortController()]) {
      waiter.listenTo(controller.signal);
      controller.abort();
    }
    expect(told).toEqual(["a", "a"]);
  });

  test.each(["preventExtensions", "seal"] as const)(
    "is called, and leaves nothing behind, even if Object.%s() is applied to the signal during the wait",
    (close) => {
      for (const leaves of [true, false]) {
        const controller = new AbortController();
        const told: string[] = [];
        const [a, b] = [new Waiter(told, "a"), new Waiter(told, "b")];
        a.listenTo(controller.signal);
        Object[close](controller.signal);
        b.listenTo(controller.signal);
        if (leaves) a.stopListening();
        controller.abort();
        expect(told).toEqual(leaves ? ["b"] : ["a", "b"]);
        expect(listenersOf(controller.signal)).toBe(0);
      }
    },
  );

  test("can stop listening after the signal was frozen during the wait", () => {
    const { signal } = new AbortController();
    const [a, b] = [new Waiter([], "a"), new Waiter([], "b")];
    a.listenTo(signal);
    b.listenTo(signal);
    Object.freeze(signal);
    a.stopListening();
    b.stopListening();
    expect(listenersOf(signal)).toBe(0);
  });

  // On Bun and Node 20, a frozen signal still accepts listeners.
  test.skipIf(frozenTakesListeners())(
    "throws the error of a frozen signal, and does not listen",
    () => {
      const frozen = Object.freeze(new AbortController().signal);
      const told: string[] = [];
      const waiter = new Waiter(told, "a");
      expect(() => waiter.listenTo(frozen)).toThrow(TypeError);
      const controller = new AbortController();
      waiter.listenTo(controller.signal);
      controller.abort();
      expect(told).toEqual(["a"]);
    },
  );

  test("adds no enumerable key to the signal", () => {
    const { signal } = new AbortController();
    new Waiter([], "a").listenTo(signal);
    expect(Object.keys(signal)).toEqual([]);
  });

  test("triggers no listener-leak warning, even with a limit of ten listeners", async () => {
    const { signal } = new AbortController();
    // The default of Node 20; later versions have no limit for signals.
    setMaxListeners(10, signal);
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    for (let n = 0; n < 1000; n += 1) new Waiter([], "").listenTo(signal);
    // Node emits warnings in the next tick, before setImmediate.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("takes the same time for 100,000 on one signal as for 5,000 on each of twenty", () => {
    timeOf(20);
    // About 1, sometimes 2 because of garbage collection; 20 if the time were quadratic.
    expect(bestOfThree(1) / bestOfThree(20)).toBeLessThan(10);
  });
});

describe("AbortListener.stopListening()", () => {
  test("removes this listener only; the others are still called in order", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const waiters = ["a", "b", "c", "d", "e"].map((name) => new Waiter(told, name));
    for (const waiter of waiters) waiter.listenTo(controller.signal);
    for (const index of [0, 2, 4]) waiters[index]?.stopListening();
    controller.abort();
    expect(told).toEqual(["b", "d"]);
  });

  test("leaves the first of two listening when the second stops", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const [first, second] = [new Waiter(told, "first"), new Waiter(told, "second")];
    first.listenTo(controller.signal);
    second.listenTo(controller.signal);
    second.stopListening();
    controller.abort();
    expect(told).toEqual(["first"]);
  });

  test("does nothing for a listener that is not listening", () => {
    const waiter = new Waiter([], "a");
    waiter.stopListening();
    waiter.stopListening();
    expect(waiter.errors).toEqual([]);
  });
});

describe("AbortListener.onAbort()", () => {
  test("may stop another listener, which is then not called", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const c = new Waiter(told, "c");
    new Waiter(told, "a", () => c.stopListening()).listenTo(controller.signal);
    new Waiter(told, "b").listenTo(controller.signal);
    c.listenTo(controller.signal);
    controller.abort();
    expect(told).toEqual(["a", "b"]);
  });

  test("may abort another signal, whose listeners are called immediately", () => {
    const [outer, inner] = [new AbortController(), new AbortController()];
    const told: string[] = [];
    new Waiter(told, "outer a", () => inner.abort()).listenTo(outer.signal);
    new Waiter(told, "outer b").listenTo(outer.signal);
    new Waiter(told, "inner").listenTo(inner.signal);
    outer.abort();
    expect(told).toEqual(["outer a", "inner", "outer b"]);
  });

  test("may abort the same signal again, which does nothing", () => {
    const controller = new AbortController();
    const told: string[] = [];
    new Waiter(told, "a", () => controller.abort()).listenTo(controller.signal);
    new Waiter(told, "b").listenTo(controller.signal);
    controller.abort();
    expect(told).toEqual(["a", "b"]);
  });

  test("is called for the others when a getter of the reason stops the first one", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const [a, b] = [new Waiter(told, "a"), new Waiter(told, "b")];
    a.listenTo(controller.signal);
    b.listenTo(controller.signal);
    const reason = {
      get name(): string {
        a.stopListening();
        return "Stopper";
      },
    };
    controller.abort(reason);
    expect(told).toEqual(["b"]);
    expect(b.errors[0]?.cause).toBe(reason);
  });

  test("is called even if the reason is a proxy whose traps throw", () => {
    const controller = new AbortController();
    const told: string[] = [];
    for (const name of ["a", "b"]) new Waiter(told, name).listenTo(controller.signal);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    controller.abort(proxy);
    expect(told).toEqual(["a", "b"]);
  });

  test("is called once even if it begins to listen to the same signal again", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const waiters: Waiter[] = ["a", "b"].map(
      (name, number) =>
        new Waiter(told, name, () => {
          if (told.length < 10) waiters[number]?.listenTo(controller.signal);
        }),
    );
    for (const waiter of waiters) waiter.listenTo(controller.signal);
    controller.abort();
    expect(told).toEqual(["a", "b"]);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test("may begin to listen to another signal", () => {
    const [from, to] = [new AbortController(), new AbortController()];
    const told: string[] = [];
    const waiter: Waiter = new Waiter(told, "a", () => {
      if (told.length === 1) waiter.listenTo(to.signal);
    });
    waiter.listenTo(from.signal);
    from.abort();
    expect(listenersOf(to.signal)).toBe(1);
    to.abort();
    expect(told).toEqual(["a", "a"]);
  });

  test.each(["before", "after"])(
    "calls the right listeners if a user's listener, added %s them, stops one and aborts another signal",
    (when) => {
      const [controller, other] = [new AbortController(), new AbortController()];
      const told: string[] = [];
      const [a, b] = [new Waiter(told, "a"), new Waiter(told, "b")];
      const byOther = new Waiter(told, "other");
      byOther.listenTo(other.signal);
      const user = () => {
        told.push("user");
        a.stopListening();
        other.abort();
      };
      if (when === "before") controller.signal.addEventListener("abort", user);
      a.listenTo(controller.signal);
      b.listenTo(controller.signal);
      if (when === "after") controller.signal.addEventListener("abort", user);
      controller.abort();
      expect(told).toEqual(
        when === "before" ? ["user", "other", "b"] : ["a", "b", "user", "other"],
      );
      expect(listenersOf(other.signal)).toBe(0);
    },
  );
});
