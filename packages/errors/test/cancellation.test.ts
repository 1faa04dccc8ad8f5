import { getEventListeners, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  CancelledError,
  TimeoutError,
  cancellationError,
  isCancelled,
  signalOf,
  type WaitOptions,
} from "@aio/errors";

/** What a stack looks like is the engine's: Bun has JavaScriptCore's. */
const onV8 = !("Bun" in globalThis);

describe("CancelledError", () => {
  it("has the name, the code and the keys of what Node throws on an abort", async () => {
    const signal = AbortSignal.abort("enough");
    const nodes: unknown = await sleep(1, undefined, { signal }).catch((error: unknown) => error);
    const ours = new CancelledError(undefined, { cause: "enough" });
    expect(ours).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: "enough" });
    expect(nodes).toMatchObject({ name: ours.name, code: ours.code, cause: ours.cause });
    expect(ours.message).toBe((nodes as Error).message);
  });

  it("is caught by the checks for an abort that are in use", () => {
    const error: { name: string; code: string } = new CancelledError();
    expect(error.name === "AbortError").toBe(true);
    expect(error.code === "ABORT_ERR").toBe(true);
    expect(error).not.toBeInstanceOf(DOMException);
  });

  it("has no key of its own", () => {
    const error = new CancelledError("x", { cause: 1 });
    expect(Object.keys(error)).toEqual([]);
    expect(Object.hasOwn(error, "name") || Object.hasOwn(error, "code")).toBe(false);
  });

  it("has a cause only if it was given one, undefined included", () => {
    expect("cause" in new CancelledError()).toBe(false);
    expect("cause" in new CancelledError("x", { cause: undefined })).toBe(true);
  });

  it("reads well on the console", () => {
    const lines = inspect(new CancelledError("Stopped", { cause: "enough" })).split("\n");
    expect(lines[0]).toBe("CancelledError [AbortError]: Stopped");
    expect(lines.at(-2)).toBe("  [cause]: 'enough'");
  });
});

describe("TimeoutError", () => {
  it("has its own name and the system's code, both on the prototype", () => {
    const error = new TimeoutError();
    expect(error).toMatchObject({ name: "TimeoutError", code: "ETIMEDOUT" });
    expect(error.message).toBe("The operation timed out");
    expect(Object.keys(error)).toEqual([]);
  });

  it("is no CancelledError, as in asyncio", () => {
    expect(new TimeoutError()).not.toBeInstanceOf(CancelledError);
    expect(new CancelledError()).not.toBeInstanceOf(TimeoutError);
  });

  it("reads well on the console", () => {
    expect(inspect(new TimeoutError()).split("\n")[0]).toBe(
      "TimeoutError: The operation timed out",
    );
  });
});

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwsWhenRead = {
  get name(): string {
    throw new Error("name was read");
  },
  get stack(): string {
    throw new Error("stack was read");
  },
};

describe("cancellationError()", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a string", "enough"],
    ["the string TimeoutError", "TimeoutError"],
    ["a number", 0],
    ["a symbol", Symbol("s")],
    ["a function", () => {}],
    ["an error", new TypeError("x")],
    ["the platform's AbortError", new DOMException("x", "AbortError")],
    ["an object without a prototype", Object.create(null)],
    ["an object whose name is no string", { name: ["TimeoutError"] }],
    ["an object that throws when read", throwsWhenRead],
  ])("makes a CancelledError of %s, which becomes its cause", (_, reason: unknown) => {
    // In two steps: abort(undefined) puts an AbortError there, as asyncio's cancel() without a message.
    const signal = Object.defineProperty(AbortSignal.abort(), "reason", { value: reason });
    const error = cancellationError(signal);
    expect(error).toBeInstanceOf(CancelledError);
    expect(Object.is(error.cause, reason)).toBe(true);
    expect(error.message).toBe("The operation was aborted");
  });

  it("makes a CancelledError of an abort without a reason, caused by the platform's AbortError", () => {
    const error = cancellationError(AbortSignal.abort());
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.cause).toBeInstanceOf(DOMException);
  });

  it.each([
    ["AbortSignal.timeout", () => AbortSignal.timeout(1)],
    ["it through AbortSignal.any", () => AbortSignal.any([AbortSignal.timeout(1)])],
  ])("makes a TimeoutError of %s", async (_, made) => {
    const signal = made();
    // The signal's own timer does not keep the process alive.
    const alive = setInterval(() => {}, 1000);
    if (!signal.aborted) await once(signal, "abort");
    clearInterval(alive);
    const error = cancellationError(signal);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toBe(signal.reason);
  });

  it.each([
    ["an error", Object.assign(new Error("x"), { name: "TimeoutError" })],
    ["a plain object", { name: "TimeoutError" }],
  ])("makes a TimeoutError of %s named so, from whichever library", (_, reason) => {
    const error = cancellationError(AbortSignal.abort(reason));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toBe(reason);
  });

  class ShutDown extends CancelledError {}

  it.each([
    ["a CancelledError", new CancelledError("x")],
    ["a TimeoutError", new TimeoutError("x")],
    ["an error derived from them", new ShutDown("x")],
  ])("is the reason itself if that is %s", (_, reason) => {
    expect(cancellationError(AbortSignal.abort(reason))).toBe(reason);
  });

  it.runIf(onV8)("has no stack of its own where the reason has one, which shows the abort", () => {
    const error = cancellationError(AbortSignal.abort(new Error("enough")));
    expect(error.stack).toBe("AbortError: The operation was aborted");
    expect(inspect(error)).toMatch(/cause\]: Error: enough\n +at .*cancellation\.test\.ts/);
  });

  it.runIf(onV8).each([undefined, "enough", 5])(
    "has a stack that shows the abort where the reason %s has none",
    (value) => {
      const controller = new AbortController();
      Object.defineProperty(controller.signal, "reason", { value });
      let error: Error | undefined;
      controller.signal.addEventListener("abort", () => {
        error = cancellationError(controller.signal);
      });
      controller.abort();
      expect(error?.stack).toMatch(/AbortController\.abort.*\n +at .*cancellation\.test\.ts/);
    },
  );

  it("leaves the limit of stack frames as it was", () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 7;
    cancellationError(AbortSignal.abort(new Error("enough")));
    const after = Error.stackTraceLimit;
    Error.stackTraceLimit = stackTraceLimit;
    expect(after).toBe(7);
  });

  it("does not read the reason's stack, which V8 would format then", () => {
    let reads = 0;
    const reason = Object.defineProperty({}, "stack", { get: () => (reads += 1) });
    cancellationError(AbortSignal.abort(reason));
    expect(reads).toBe(0);
  });

  it("makes a CancelledError of a revoked proxy, which nothing can be asked", () => {
    const reason = revoked();
    expect(cancellationError(AbortSignal.abort(reason)).name).toBe("AbortError");
  });
});

describe("isCancelled()", () => {
  class ShutDown extends CancelledError {}

  it.each([
    ["a CancelledError", new CancelledError()],
    ["an error derived from it", new ShutDown()],
    ["the platform's AbortError", new DOMException("x", "AbortError")],
    ["an error of a library named so", Object.assign(new Error("x"), { name: "AbortError" })],
  ])("is true for %s", (_, error) => {
    expect(isCancelled(error)).toBe(true);
  });

  it("is true for what Node throws on an abort", async () => {
    const signal = AbortSignal.abort();
    const error: unknown = await once(process, "never", { signal }).catch((e: unknown) => e);
    expect(isCancelled(error)).toBe(true);
  });

  it.each([
    ["a TimeoutError", new TimeoutError()],
    ["another error", new Error("AbortError")],
    ["nothing", undefined],
    ["null", null],
    ["the string AbortError", "AbortError"],
    ["an object that throws when read", throwsWhenRead],
    ["a revoked proxy", revoked()],
  ])("is false for %s", (_, value) => {
    expect(isCancelled(value)).toBe(false);
  });
});

describe("signalOf()", () => {
  it("is the options' signal, aborted or not", () => {
    for (const signal of [new AbortController().signal, AbortSignal.abort()]) {
      expect(signalOf({ signal })).toBe(signal);
    }
  });

  it.each([undefined, {}, { signal: undefined }, { signal: null }])(
    "is undefined for %o",
    (options) => {
      expect(signalOf(options)).toBeUndefined();
    },
  );

  it.each([
    [{ signal: "SIGTERM" }, 'Invalid signal: expected an AbortSignal, got "SIGTERM"'],
    [{ signal: 15 }, "Invalid signal: expected an AbortSignal, got 15"],
    [{ signal: {} }, "Invalid signal: expected an AbortSignal, got an instance of Object"],
    [{ signal: { aborted: false } }, "expected an AbortSignal, got an instance of Object"],
    [
      { signal: new AbortController() },
      "Invalid signal: expected an AbortSignal, got an instance of AbortController",
    ],
    [null, "Invalid options: expected an object, got null"],
    [5, "Invalid options: expected an object, got 5"],
    [
      AbortSignal.abort(),
      "Invalid options: expected an object such as { signal }, got an instance of AbortSignal",
    ],
  ])("refuses %o", (options, message) => {
    const call = () => signalOf(options as WaitOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });

  it("adds no listener", () => {
    const { signal } = new AbortController();
    signalOf({ signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
