import { CancelledError, type WaitOptions, TimeoutError, isTimeout, setDebug } from "@aio/sync";
import { describe, expect, test, vi } from "vitest";
import { places } from "./places.ts";
import { CountingController, PlainSignal, notSignals } from "./signals.ts";
import { errorOf, settle, watch } from "./watched.ts";

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const reasons: readonly { readonly name: string; readonly reason: unknown }[] = [
  { name: "null", reason: null },
  { name: "0", reason: 0 },
  { name: "a symbol", reason: Symbol("stop") },
  { name: "a function", reason: () => {} },
  { name: "an error", reason: new Error("stop") },
  { name: "an object without a prototype", reason: Object.create(null) },
  {
    name: "an object whose getters throw",
    reason: {
      get name(): string {
        throw new Error("from the getter");
      },
    },
  },
  { name: "a revoked proxy", reason: revoked.proxy },
];

describe.each(places)("$name", ({ blocked, free, waited }) => {
  test("rejects with CancelledError, caused by the reason, when the signal aborts", async () => {
    const place = blocked();
    const controller = new AbortController();
    const waiting = errorOf(place.wait(controller));
    const reason = { why: "enough" };
    controller.abort(reason);
    const error = await waiting;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: reason });
  });

  test("rejects with TimeoutError when the signal came from AbortSignal.timeout()", async () => {
    const place = blocked();
    const controller = new AbortController();
    const waiting = errorOf(place.wait(controller));
    const reason = new DOMException("The time is over", "TimeoutError");
    controller.abort(reason);
    const error = await waiting;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ cause: reason });
  });

  test("says in the message what it waited for", async () => {
    const place = blocked();
    const [stop, late] = [new AbortController(), new AbortController()];
    const waits = [errorOf(place.wait(stop)), errorOf(place.wait(late))];
    await settle();
    stop.abort();
    late.abort(new DOMException("The time is over", "TimeoutError"));
    waits.push(errorOf(place.wait(stop)));
    place.open();
    const messages = (await Promise.all(waits)).map((error) => (error as Error).message);
    const activity = `Stopped waiting ${waited}`;
    expect(messages).toEqual([
      `${activity}: the operation was aborted`,
      `${activity}: the operation timed out`,
      `${activity}: the operation was aborted`,
    ]);
  });

  test("distinguishes nested timeouts by their signals", async () => {
    const place = blocked();
    const [whole, step] = [new AbortController(), new AbortController()];
    const signal = AbortSignal.any([whole.signal, step.signal]);
    const waiting = errorOf(place.wait({ signal }));
    await settle();
    step.abort(new DOMException("x", "TimeoutError"));
    whole.abort(new DOMException("x", "TimeoutError"));
    place.open();
    const error = await waiting;
    expect([isTimeout(error, step.signal), isTimeout(error, whole.signal)]).toEqual([true, false]);
  });

  test("has the caller in the error's stack if the signal has already aborted", async () => {
    const place = blocked();
    const signal = AbortSignal.abort();
    const placeOrder = async (): Promise<unknown> => place.wait({ signal });
    expect(await errorOf(placeOrder())).toMatchObject({
      stack: expect.stringContaining("placeOrder"),
    });
  });

  test("has the caller in the error's stack in debug mode", async () => {
    setDebug(true);
    try {
      const place = blocked();
      const controller = new AbortController();
      const placeOrder = async (): Promise<unknown> => place.wait(controller);
      const waits = [errorOf(placeOrder()), errorOf(placeOrder())];
      await settle();
      controller.abort();
      place.open();
      for (const error of await Promise.all(waits)) {
        expect(error).toMatchObject({ stack: expect.stringContaining("placeOrder") });
      }
    } finally {
      setDebug(false);
    }
  });

  test("rejects when the signal calls its listeners without `this`", async () => {
    const place = blocked();
    const signal = new PlainSignal();
    const waiting = errorOf(place.wait({ signal: signal as unknown as AbortSignal }));
    await settle();
    signal.abort();
    place.open();
    expect(await waiting).toMatchObject({ name: "AbortError", cause: "enough" });
    expect(signal.listeners.size).toBe(0);
  });

  test.each([new CancelledError("mine"), new TimeoutError("mine")])(
    "rejects with the reason itself if it is a $name of @aio/errors",
    async (reason) => {
      const place = blocked();
      const controller = new AbortController();
      const waiting = errorOf(place.wait(controller));
      controller.abort(reason);
      expect(await waiting).toBe(reason);
      expect(await errorOf(place.wait(controller))).toBe(reason);
    },
  );

  test.each(reasons)("rejects with CancelledError when the reason is $name", async ({ reason }) => {
    const place = blocked();
    const controller = new CountingController();
    const waits = [errorOf(place.wait(controller)), errorOf(place.wait(controller))];
    controller.abort(reason);
    waits.push(errorOf(place.wait(controller)));
    place.open();
    for (const error of await Promise.all(waits)) {
      expect(error).toBeInstanceOf(CancelledError);
      expect(Object.is((error as Error).cause, reason)).toBe(true);
    }
    expect(controller.listeners).toBe(0);
  });

  test("rejects when one of the signals of AbortSignal.any() aborts", async () => {
    const place = blocked();
    const before = place.shown();
    const controller = new AbortController();
    const any = AbortSignal.any([new AbortController().signal, controller.signal]);
    const waiting = errorOf(place.wait({ signal: any }));
    controller.abort("stop");
    expect(place.shown()).toBe(before);
    expect(await waiting).toMatchObject({ name: "AbortError", cause: "stop" });
  });

  test("leaves the state unchanged when the signal aborts", async () => {
    const place = blocked();
    const before = place.shown();
    const controller = new AbortController();
    const waiting = watch(place.wait(controller));
    await settle();
    expect(place.shown()).not.toBe(before);
    controller.abort();
    expect(place.shown()).toBe(before);
    await settle();
    expect(waiting.state).toBe("rejected");
    expect(place.shown()).toBe(before);
  });

  test("leaves the queue when the signal aborts", async () => {
    const place = blocked();
    const controller = new AbortController();
    const first = watch(place.wait(controller));
    await settle();
    const second = watch(place.wait());
    await settle();
    controller.abort();
    place.open();
    await settle();
    expect(first.state).toBe("rejected");
    expect(second.state).toBe("fulfilled");
  });

  test("listens to the signal while it waits, and not after an abort", async () => {
    const place = blocked();
    const controller = new CountingController();
    const waiting = watch(place.wait(controller));
    await settle();
    expect(controller.listeners).toBe(1);
    controller.abort();
    expect(controller.listeners).toBe(0);
    await settle();
    expect(waiting.state).toBe("rejected");
  });

  test("no longer listens to the signal once it has been woken", async () => {
    const place = blocked();
    const controller = new CountingController();
    const waiting = watch(place.wait(controller));
    await settle();
    place.open();
    await settle();
    expect(waiting.state).toBe("fulfilled");
    expect(controller.listeners).toBe(0);
  });

  test("ignores an abort after it has been woken", async () => {
    const place = blocked();
    const controller = new AbortController();
    const waiting = watch(place.wait(controller));
    place.open();
    controller.abort();
    await settle();
    expect(waiting.state).toBe("fulfilled");
  });

  test("rejects, and changes nothing, if the signal has already aborted", async () => {
    for (const place of [blocked(), free()]) {
      const before = place.shown();
      const controller = new CountingController();
      controller.abort("no");
      const waiting = place.wait(controller);
      expect(place.shown()).toBe(before);
      expect(await errorOf(waiting)).toMatchObject({ name: "AbortError", cause: "no" });
      expect(place.shown()).toBe(before);
      expect(controller.listeners).toBe(0);
    }
  });

  test.each([undefined, {}, { signal: undefined }, { signal: null }])(
    "treats %o as no signal",
    async (options) => {
      const place = blocked();
      const waiting = watch(place.wait(options));
      await settle();
      place.open();
      await settle();
      expect(waiting.state).toBe("fulfilled");
    },
  );

  test.each(notSignals)(
    "rejects with TypeError, and changes nothing, for signal %o",
    async (signal) => {
      for (const place of [blocked(), free()]) {
        const before = place.shown();
        const error = await errorOf(place.wait({ signal } as WaitOptions));
        expect(error).toBeInstanceOf(TypeError);
        expect(error).toMatchObject({
          code: "ERR_INVALID_ARG_TYPE",
          message: expect.stringMatching(/^Invalid signal: expected an AbortSignal, got /),
        });
        expect(place.shown()).toBe(before);
      }
    },
  );

  test.each([
    ["timeout", "; use signal: AbortSignal.timeout(milliseconds)"],
    ["singal", "; use signal"],
    ["blocking", ""],
  ])("rejects with TypeError, and changes nothing, for an option %s", async (name, hint) => {
    for (const place of [blocked(), free()]) {
      const before = place.shown();
      const error = await errorOf(place.wait({ [name]: 100 }));
      expect(error).toMatchObject({
        name: "TypeError",
        code: "ERR_INVALID_ARG_VALUE",
        message: `Unknown option: ${name}${hint}`,
      });
      expect(place.shown()).toBe(before);
    }
  });

  test.each([1, "x", true, null, [], new AbortController().signal])(
    "rejects with TypeError, and changes nothing, for options %o",
    async (options) => {
      const place = blocked();
      const before = place.shown();
      const error = await errorOf(place.wait(options as WaitOptions));
      expect(error).toMatchObject({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE" });
      expect(place.shown()).toBe(before);
    },
  );

  test("reads the signal option once", async () => {
    const place = blocked();
    const controller = new AbortController();
    let reads = 0;
    const options = {
      get signal() {
        reads += 1;
        return controller.signal;
      },
    };
    const waiting = watch(place.wait(options));
    await settle();
    place.open();
    await settle();
    expect(waiting.state).toBe("fulfilled");
    expect(reads).toBe(1);
  });

  test("wakes and cancels its waiters while fake timers are installed", async () => {
    const place = blocked();
    const controller = new AbortController();
    vi.useFakeTimers({ toFake: ["setTimeout", "setImmediate", "queueMicrotask", "Date"] });
    try {
      const cancelled = errorOf(place.wait(controller));
      const woken = place.wait();
      controller.abort();
      place.open();
      expect(await cancelled).toBeInstanceOf(CancelledError);
      await woken;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test("rejects, and changes nothing, if the signal refuses listeners", async () => {
    const place = blocked();
    const before = place.shown();
    const { signal } = new AbortController();
    const refusal = new Error("A frozen signal of Node's throws something of the kind");
    signal.addEventListener = () => {
      throw refusal;
    };
    expect(await errorOf(place.wait({ signal }))).toBe(refusal);
    expect(place.shown()).toBe(before);
    expect(await errorOf(place.wait({ signal }))).toBe(refusal);
  });
});
