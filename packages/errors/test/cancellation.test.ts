import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  CancelledError,
  TimeoutError,
  cancellationError,
  isCancelled,
  isTimeout,
} from "@aio/errors";
import { describe, expect, test } from "vitest";

describe("CancelledError", () => {
  test("has the name, the code and the keys of Node's abort error", async () => {
    const signal = AbortSignal.abort("enough");
    const nodes: unknown = await sleep(1, undefined, { signal }).catch((error: unknown) => error);
    const ours = new CancelledError(undefined, { cause: "enough" });
    expect(ours).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: "enough" });
    expect(nodes).toMatchObject({ name: ours.name, code: ours.code, cause: ours.cause });
    expect(ours.message).toBe((nodes as Error).message);
  });

  test("passes the common checks for an abort", () => {
    const error: { name: string; code: string } = new CancelledError();
    expect(error.name === "AbortError").toBe(true);
    expect(error.code === "ABORT_ERR").toBe(true);
    expect(error).not.toBeInstanceOf(DOMException);
  });

  test("shows a logger the same name and code as Node's, however it enumerates properties", async () => {
    const signal = AbortSignal.abort();
    const nodes: unknown = await sleep(1, undefined, { signal }).catch((error: unknown) => error);
    const listed = (error: unknown) => {
      const seen: Record<string, unknown> = {};
      for (const key in error as object) seen[key] = (error as Record<string, unknown>)[key];
      return [seen, Object.assign({}, error), JSON.parse(JSON.stringify(error))];
    };
    expect(listed(new CancelledError())).toEqual(listed(nodes));
  });

  test("has a cause only if one was given, even undefined", () => {
    expect("cause" in new CancelledError()).toBe(false);
    expect("cause" in new CancelledError("x", { cause: undefined })).toBe(true);
  });

  test("reads well on the console", () => {
    const lines = inspect(new CancelledError("Stopped", { cause: "enough" })).split("\n");
    expect(lines[0]).toBe("CancelledError [AbortError]: Stopped");
    expect(lines.slice(-3)).toEqual(["  code: 'ABORT_ERR',", "  [cause]: 'enough'", "}"]);
  });
});

describe("TimeoutError", () => {
  test("has its own name and the system error code as own keys", () => {
    const error = new TimeoutError();
    expect(error).toMatchObject({ name: "TimeoutError", code: "ETIMEDOUT" });
    expect(error.message).toBe("The operation timed out");
    expect(Object.keys(error)).toEqual(["name", "code"]);
  });

  test("is not a CancelledError, as in asyncio", () => {
    expect(new TimeoutError()).not.toBeInstanceOf(CancelledError);
    expect(new CancelledError()).not.toBeInstanceOf(TimeoutError);
  });

  test("reads well on the console", () => {
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
  test.each([
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
    ["an object whose name is not a string", { name: ["TimeoutError"] }],
    ["an object that throws when read", throwsWhenRead],
  ])("makes a CancelledError of %s, which becomes its cause", (_, reason: unknown) => {
    // Defined afterwards, because abort(undefined) sets the reason to an AbortError.
    const signal = Object.defineProperty(AbortSignal.abort(), "reason", { value: reason });
    const error = cancellationError(signal);
    expect(error).toBeInstanceOf(CancelledError);
    expect(Object.is(error.cause, reason)).toBe(true);
    expect(error.message).toBe("The operation was aborted");
  });

  test("returns a CancelledError, caused by the platform's AbortError, for an abort without a reason", () => {
    const error = cancellationError(AbortSignal.abort());
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.cause).toBeInstanceOf(DOMException);
  });

  test.each([
    ["AbortSignal.timeout", () => AbortSignal.timeout(1)],
    [
      "AbortSignal.timeout through AbortSignal.any",
      () => AbortSignal.any([AbortSignal.timeout(1)]),
    ],
  ])("makes a TimeoutError of %s", async (_, made) => {
    const signal = made();
    // The signal's timer does not keep the process alive.
    const alive = setInterval(() => {}, 1000);
    if (!signal.aborted) await once(signal, "abort");
    clearInterval(alive);
    const error = cancellationError(signal);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toBe(signal.reason);
  });

  test.each([
    ["an error", Object.assign(new Error("x"), { name: "TimeoutError" })],
    ["a plain object", { name: "TimeoutError" }],
  ])("makes a TimeoutError of %s named TimeoutError, from any library", (_, reason) => {
    const error = cancellationError(AbortSignal.abort(reason));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toBe(reason);
  });

  class ShutDown extends CancelledError {}

  test.each([
    ["a CancelledError", new CancelledError("x")],
    ["a TimeoutError", new TimeoutError("x")],
    ["an error derived from them", new ShutDown("x")],
  ])("is the reason itself if that is %s", (_, reason) => {
    expect(cancellationError(AbortSignal.abort(reason))).toBe(reason);
  });

  test("names the activity, if given", () => {
    const late = AbortSignal.abort(new DOMException("x", "TimeoutError"));
    const messages = [AbortSignal.abort(), late].map(
      (signal) => cancellationError(signal, "waiting for the lock").message,
    );
    expect(messages).toEqual([
      "Stopped waiting for the lock: the operation was aborted",
      "Stopped waiting for the lock: the operation timed out",
    ]);
  });

  test.each([undefined, "enough", new Error("enough")])(
    "has its caller in the stack, even if the reason %s has a stack",
    (reason) => {
      const signal = AbortSignal.abort(reason);
      function placeOrder() {
        const error = cancellationError(signal);
        // JavaScriptCore drops the frame of a function that returns the result of a call.
        return error;
      }
      expect(placeOrder().stack).toContain("placeOrder");
    },
  );

  test("does not read the reason's stack, which V8 would format then", () => {
    let reads = 0;
    const reason = Object.defineProperty({}, "stack", { get: () => (reads += 1) });
    cancellationError(AbortSignal.abort(reason));
    expect(reads).toBe(0);
  });

  test("returns a CancelledError for a revoked proxy", () => {
    const reason = revoked();
    expect(cancellationError(AbortSignal.abort(reason)).name).toBe("AbortError");
  });
});

class ShutDown extends CancelledError {}

const aborts: readonly (readonly [string, unknown])[] = [
  ["a CancelledError", new CancelledError()],
  ["an error derived from it", new ShutDown()],
  ["one with a different name", Object.assign(new ShutDown(), { name: "ShutDown" })],
  ["the platform's AbortError", new DOMException("x", "AbortError")],
  ["an error of a library named so", Object.assign(new Error("x"), { name: "AbortError" })],
  ["a CancelledError with a timeout as its cause", new CancelledError("x", { cause: late() })],
];

const timeouts: readonly (readonly [string, unknown])[] = [
  ["a TimeoutError", new TimeoutError()],
  ["an error derived from it", new (class extends TimeoutError {})()],
  ["the reason of AbortSignal.timeout()", late()],
  ["an error of a library named so", Object.assign(new Error("x"), { name: "TimeoutError" })],
];

const others: readonly (readonly [string, unknown])[] = [
  ["another error", new Error("AbortError")],
  ["a system error about a connection", Object.assign(new Error("x"), { code: "ETIMEDOUT" })],
  ["nothing", undefined],
  ["null", null],
  ["the string AbortError", "AbortError"],
  ["the string TimeoutError", "TimeoutError"],
  ["an object that throws when read", throwsWhenRead],
  ["a revoked proxy", revoked()],
];

function late(): DOMException {
  return new DOMException("The operation was aborted due to timeout", "TimeoutError");
}

describe("isCancelled()", () => {
  test.each(aborts)("is true for %s", (_, error) => {
    expect(isCancelled(error)).toBe(true);
  });

  test("is true for Node's abort error", async () => {
    const signal = AbortSignal.abort();
    const error: unknown = await once(process, "never", { signal }).catch((e: unknown) => e);
    expect(isCancelled(error)).toBe(true);
  });

  test.each([...timeouts, ...others])("is false for %s", (_, value) => {
    expect(isCancelled(value)).toBe(false);
  });

  test("narrows a caught value to CancelledError", () => {
    const error: unknown = new CancelledError("x", { cause: "enough" });
    expect(isCancelled(error) && error.cause).toBe("enough");
    expect(isCancelled(error) && error.code).toBe("ABORT_ERR");
  });
});

describe("isTimeout()", () => {
  test.each(timeouts)("is true for %s", (_, error) => {
    expect(isTimeout(error)).toBe(true);
  });

  test("is true for the error of Node's calls when AbortSignal.timeout() aborts", async () => {
    const signal = AbortSignal.abort(late());
    const errors = await Promise.all([
      sleep(1, undefined, { signal }).catch((error: unknown) => error),
      once(process, "never", { signal }).catch((error: unknown) => error),
    ]);
    expect(errors.map((error) => [isTimeout(error), isCancelled(error)])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  test("is true for the error of fetch() when AbortSignal.timeout() aborts", async () => {
    const signal = AbortSignal.abort(late());
    const error: unknown = await fetch("data:,", { signal }).catch((e: unknown) => e);
    expect([isTimeout(error), isCancelled(error)]).toEqual([true, false]);
  });

  test.each([...aborts, ...others])("is false for %s", (_, value) => {
    expect(isTimeout(value)).toBe(false);
  });

  test("is true for a TimeoutError with another name", () => {
    expect(isTimeout(Object.assign(new TimeoutError("x"), { name: "Late" }))).toBe(true);
  });

  test("narrows a caught value to TimeoutError", () => {
    const error: unknown = new TimeoutError("x");
    expect(isTimeout(error) && error.code).toBe("ETIMEDOUT");
  });
});

describe.each([
  ["isCancelled()", isCancelled, () => new DOMException("stop", "AbortError")],
  ["isTimeout()", isTimeout, late],
] as const)("%s with a signal", (_, asks, newReason) => {
  test("distinguishes two signals, also through AbortSignal.any()", async () => {
    const [whole, step] = [new AbortController(), new AbortController()];
    const signal = AbortSignal.any([whole.signal, step.signal]);
    const both = Promise.allSettled([
      sleep(60_000, undefined, { signal }),
      fetch("data:,", { signal }),
    ]);
    step.abort(newReason());
    whole.abort(newReason());
    for (const result of await both) {
      const error: unknown = result.status === "rejected" ? result.reason : undefined;
      expect(asks(error, step.signal)).toBe(true);
      expect(asks(error, signal)).toBe(true);
      expect(asks(error, whole.signal)).toBe(false);
    }
  });

  test("recognizes an error of this package by its cause", () => {
    const [mine, other] = [AbortSignal.abort(newReason()), AbortSignal.abort(newReason())];
    const error = cancellationError(mine);
    expect(asks(error, mine)).toBe(true);
    expect(asks(error, other)).toBe(false);
  });

  test("recognizes a reason that is passed from signal to signal", () => {
    const outer = AbortSignal.abort(newReason());
    const inner = AbortSignal.abort(cancellationError(outer));
    const error = cancellationError(inner);
    expect([asks(error, inner), asks(error, outer)]).toEqual([true, true]);
  });

  test("is false for a signal that has not aborted", () => {
    const error = Object.assign(newReason(), { cause: undefined });
    expect(asks(error, new AbortController().signal)).toBe(false);
  });

  test("is false for an error without a cause if the signal has no reason, as in old polyfills", () => {
    const signal = Object.defineProperty(AbortSignal.abort(), "reason", { value: undefined });
    expect(asks(newReason(), signal)).toBe(false);
  });

  test("is false for another kind of error, even if the signal caused it", () => {
    const cause = newReason();
    expect(asks(new Error("x", { cause }), AbortSignal.abort(cause))).toBe(false);
  });

  test("ignores a signal of undefined", () => {
    expect([asks(newReason(), undefined), asks(newReason(), null)]).toEqual([true, true]);
  });
});
