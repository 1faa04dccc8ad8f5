import { AbortListener, CancelledError } from "@aio/errors";
import { describe, expect, test, vi } from "vitest";
import { Waiter, listenersOf } from "./waiter.ts";

/** A signal that is not the platform's: it calls its listeners as plain functions. */
class PlainSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly listeners = new Set<(event?: object) => void>();
  addEventListener(_type: string, listener: () => void): void {
    this.listeners.add(listener);
  }
  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener);
  }
  abort(event?: object): void {
    this.aborted = true;
    for (const listener of this.listeners) listener(event);
  }
}

const asSignal = (signal: PlainSignal) => signal as unknown as AbortSignal;

describe("AbortListener.listenTo() on a signal that is not the platform's", () => {
  test("is called in order when the signal calls its listeners without `this` or without an event", () => {
    for (const event of [{ type: "abort" }, undefined]) {
      const signal = new PlainSignal();
      const told: string[] = [];
      for (const name of ["a", "b"]) new Waiter(told, name).listenTo(asSignal(signal));
      signal.abort(event);
      expect(told).toEqual(["a", "b"]);
      expect(signal.listeners.size).toBe(0);
    }
  });

  test("keeps the listeners of two such signals apart", () => {
    const [one, two] = [new PlainSignal(), new PlainSignal()];
    const told: string[] = [];
    new Waiter(told, "one").listenTo(asSignal(one));
    new Waiter(told, "two").listenTo(asSignal(two));
    two.abort();
    expect(told).toEqual(["two"]);
  });

  test.each<[string, (signal: AbortSignal) => AbortSignal]>([
    ["is a proxy of the platform's", (signal) => new Proxy(signal, {})],
    [
      "is a proxy that binds the methods, and keeps what is written to it",
      (signal) => {
        const written = new Map<PropertyKey, unknown>();
        return new Proxy(signal, {
          get(target, key) {
            if (written.has(key)) return written.get(key);
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === "function" ? (value.bind(target) as unknown) : value;
          },
          set: (_, key, value) => written.set(key, value) === written,
        });
      },
    ],
    [
      "has methods of its own, which call listeners without `this`",
      (signal) => {
        const add = signal.addEventListener.bind(signal);
        signal.addEventListener = (type: string, listener: unknown) =>
          add(type, () => (listener as () => void)());
        return signal;
      },
    ],
  ])("is called if the signal %s", (_, derive) => {
    const controller = new AbortController();
    const signal = derive(controller.signal);
    const told: string[] = [];
    for (const name of ["a", "b"]) new Waiter(told, name).listenTo(signal);
    controller.abort();
    expect(told).toEqual(["a", "b"]);
  });

  test("keeps a listener that joins while the signal adds the event listener", () => {
    const signal = new PlainSignal();
    const told: string[] = [];
    signal.addEventListener = function (this: PlainSignal, type: string, listener: () => void) {
      PlainSignal.prototype.addEventListener.call(this, type, listener);
      delete (this as Partial<PlainSignal>).addEventListener;
      new Waiter(told, "inner").listenTo(asSignal(signal));
    };
    new Waiter(told, "outer").listenTo(asSignal(signal));
    signal.abort();
    expect(told).toEqual(["inner", "outer"]);
    expect(signal.listeners.size).toBe(0);
  });

  test("is called once if the signal adds it again while adding the event listener", () => {
    const signal = new PlainSignal();
    const told: string[] = [];
    let stops = 0;
    class Bounded extends Waiter {
      override stopListening(): void {
        stops += 1;
        if (stops > 10) throw new Error("abort() would not end");
        super.stopListening();
      }
    }
    const waiter = new Bounded(told, "a");
    signal.addEventListener = function (this: PlainSignal, type: string, listener: () => void) {
      PlainSignal.prototype.addEventListener.call(this, type, listener);
      delete (this as Partial<PlainSignal>).addEventListener;
      waiter.listenTo(asSignal(signal));
    };
    waiter.listenTo(asSignal(signal));
    new Waiter(told, "b").listenTo(asSignal(signal));
    signal.abort();
    expect(told).toEqual(["a", "b"]);
  });

  test("is called even if the signal's reason cannot be read", () => {
    const signal = new PlainSignal();
    Object.defineProperty(signal, "reason", {
      get() {
        throw new Error("no reason");
      },
    });
    const told: string[] = [];
    const [a, b] = [new Waiter(told, "a"), new Waiter(told, "b")];
    a.listenTo(asSignal(signal));
    b.listenTo(asSignal(signal));
    signal.abort();
    expect(told).toEqual(["a", "b"]);
    expect(b.errors[0]).toBeInstanceOf(CancelledError);
  });
});

/** The uncaught exceptions during `run()` and in the tick after it. */
async function uncaughtDuring(run: () => void): Promise<unknown[]> {
  const caught: unknown[] = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => caught.push(error));
  try {
    run();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const other of others) process.on("uncaughtException", other);
  }
  return caught;
}

// On Bun and Deno, stopImmediatePropagation() keeps the event from an AbortListener, too.
const resistsStopping = !("Bun" in globalThis || "Deno" in globalThis);

describe("AbortListener beside another listener of its signal", () => {
  test.runIf(resistsStopping)(
    "is called even if an earlier one calls stopImmediatePropagation()",
    () => {
      const controller = new AbortController();
      controller.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
      const told: string[] = [];
      for (const name of ["a", "b"]) new Waiter(told, name).listenTo(controller.signal);
      controller.abort();
      expect(told).toEqual(["a", "b"]);
      // Only the listener that stops the event is left.
      expect(listenersOf(controller.signal)).toBe(1);
    },
  );

  test("is called even if the previous one throws, and the error is reported as uncaught", async () => {
    const controller = new AbortController();
    const told: string[] = [];
    const fault = new Error("a fault of this listener");
    const faulty = new Waiter(told, "faulty", () => {
      throw fault;
    });
    faulty.listenTo(controller.signal);
    new Waiter(told, "b").listenTo(controller.signal);
    const uncaught = await uncaughtDuring(() => controller.abort());
    expect(told).toEqual(["faulty", "b"]);
    expect(uncaught).toEqual([fault]);
  });

  test("has its error reported while fake timers are installed", async () => {
    const controller = new AbortController();
    const fault = new Error("a fault of this listener");
    const faulty = new Waiter([], "faulty", () => {
      throw fault;
    });
    faulty.listenTo(controller.signal);
    vi.useFakeTimers({ toFake: ["queueMicrotask"] });
    try {
      expect(await uncaughtDuring(() => controller.abort())).toEqual([fault]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("has every error reported as uncaught, and may listen to another signal before it throws", async () => {
    const [controller, other] = [new AbortController(), new AbortController()];
    const told: string[] = [];
    const faults = [new Error("a"), new Error("b")];
    for (const fault of faults) {
      const waiter: Waiter = new Waiter(told, fault.message, () => {
        if (told.length > 2) return;
        waiter.listenTo(other.signal);
        throw fault;
      });
      waiter.listenTo(controller.signal);
    }
    const uncaught = await uncaughtDuring(() => controller.abort());
    expect(uncaught).toEqual(faults);
    other.abort();
    expect(told).toEqual(["a", "b", "a", "b"]);
  });

  test("stops listening even if the signal throws from removeEventListener()", async () => {
    const signal = new PlainSignal();
    const fault = new Error("keeps its listeners");
    signal.removeEventListener = () => {
      throw fault;
    };
    const told: string[] = [];
    const waiter = new Waiter(told, "a");
    waiter.listenTo(asSignal(signal));
    const uncaught = await uncaughtDuring(() => waiter.stopListening());
    expect(uncaught).toEqual([fault]);
    signal.abort();
    expect(told).toEqual([]);
  });
});

describe("AbortListener.activity", () => {
  class Named extends Waiter {
    override get activity(): string {
      return "waiting for the lock";
    }
  }

  test("appears in the error message", () => {
    const controller = new AbortController();
    const waiter = new Named([], "a");
    waiter.listenTo(controller.signal);
    controller.abort();
    expect(waiter.errors[0]?.message).toBe(
      "Stopped waiting for the lock: the operation was aborted",
    );
  });

  test("appears in each message if waits of several kinds end one after another", () => {
    const messages = [undefined, "idling", "idling", undefined].flatMap((activity) =>
      ["AbortError", "TimeoutError"].map((name) => {
        const controller = new AbortController();
        let message = "";
        class Idler extends AbortListener {
          override get activity(): string | undefined {
            return activity;
          }
          override onAbort(error: Error): void {
            ({ message } = error);
          }
        }
        new Idler().listenTo(controller.signal);
        controller.abort(new DOMException("enough", name));
        return message;
      }),
    );
    const [plain, named] = ["The operation", "Stopped idling: the operation"].map((subject) => [
      `${subject} was aborted`,
      `${subject} timed out`,
    ]);
    expect(messages).toEqual([plain, named, named, plain].flat());
  });

  test("does not stop the other listeners when it throws", () => {
    class Faulty extends Waiter {
      override get activity(): string {
        throw new Error("a fault");
      }
    }
    const controller = new AbortController();
    const told: string[] = [];
    new Faulty(told, "faulty").listenTo(controller.signal);
    new Waiter(told, "b").listenTo(controller.signal);
    controller.abort();
    expect(told).toEqual(["faulty", "b"]);
  });
});

/** Stack traces depend on the engine: Bun runs on JavaScriptCore. */
const onV8 = !("Bun" in globalThis);

describe("the error passed to AbortListener.onAbort()", () => {
  test.runIf(onV8)("has no stack if the reason has one, which already shows the abort", () => {
    const controller = new AbortController();
    const waiter = new Waiter([], "a");
    waiter.listenTo(controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(waiter.errors[0]?.stack).toBe("AbortError: The operation was aborted");
    expect(waiter.errors[0]?.cause).toBe(reason);
  });

  test.runIf(onV8).each([undefined, "enough", 5])(
    "has a stack that shows the abort if the reason %s does not have one",
    (value) => {
      const controller = new AbortController();
      Object.defineProperty(controller.signal, "reason", { value });
      const waiter = new Waiter([], "a");
      waiter.listenTo(controller.signal);
      controller.abort();
      expect(waiter.errors[0]?.stack).toMatch(
        /AbortController\.abort.*\n +at .*abort-listener-faults\.test\.ts/,
      );
    },
  );

  test("leaves Error.stackTraceLimit unchanged", () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 7;
    const controller = new AbortController();
    new Waiter([], "a").listenTo(controller.signal);
    controller.abort(new Error("enough"));
    const after = Error.stackTraceLimit;
    Error.stackTraceLimit = stackTraceLimit;
    expect(after).toBe(7);
  });

  test("does not read the reason's stack, which V8 would format then", () => {
    let reads = 0;
    const reason = Object.defineProperty({}, "stack", { get: () => (reads += 1) });
    const controller = new AbortController();
    new Waiter([], "a").listenTo(controller.signal);
    controller.abort(reason);
    expect(reads).toBe(0);
  });
});
