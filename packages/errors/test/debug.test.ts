import { CancelledError, Pending, TimeoutError, setDebug } from "@aio/errors";
import { describe, expect, test, vi } from "vitest";
import { Waiter } from "./waiter.ts";

/** Stack traces depend on the engine: Bun runs on JavaScriptCore. */
const onV8 = !("Bun" in globalThis);
const onNode = !("Bun" in globalThis || "Deno" in globalThis);

function placeOrder(signal: AbortSignal): Promise<Error> {
  return new Pending(signal).promise.then(
    () => new Error("never"),
    (error: Error) => error,
  );
}

async function debugging(run: () => Promise<void>): Promise<void> {
  setDebug(true);
  try {
    await run();
  } finally {
    setDebug(false);
  }
}

describe("setDebug()", () => {
  test("gives each wait's error the stack of the call that started the wait", () =>
    debugging(async () => {
      const controller = new AbortController();
      const orders = [placeOrder(controller.signal), placeOrder(controller.signal)];
      controller.abort();
      for (const error of await Promise.all(orders)) {
        expect(error.stack).toContain("placeOrder");
      }
    }));

  test.runIf(onV8)("starts that stack with the error's name and message", () =>
    debugging(async () => {
      const controller = new AbortController();
      const order = placeOrder(controller.signal);
      controller.abort(new DOMException("x", "TimeoutError"));
      const [first] = (await order).stack?.split("\n") ?? [];
      expect(first).toBe("TimeoutError: The operation timed out");
    }),
  );

  test("leaves the stack writable, as for any error", () =>
    debugging(async () => {
      const controller = new AbortController();
      const order = placeOrder(controller.signal);
      controller.abort();
      const error = await order;
      for (const stack of ["mine", "mine again"]) {
        error.stack = stack;
        expect(error.stack).toBe(stack);
      }
      expect(Object.keys(error)).not.toContain("stack");
    }));

  test("does not change a reason that is an error of this package", () =>
    debugging(async () => {
      const controller = new AbortController();
      const order = placeOrder(controller.signal);
      const reason = new CancelledError("mine");
      const { stack } = reason;
      controller.abort(reason);
      expect(await order).toBe(reason);
      expect(reason.stack).toBe(stack);
    }));

  test("is off after setDebug(false), even for a listener that started before", () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const waiter = new Waiter([], "a");
    setDebug(true);
    waiter.listenTo(first.signal);
    waiter.stopListening();
    setDebug(false);
    waiter.listenTo(second.signal);
    second.abort();
    expect(waiter.errors[0]?.stack).not.toContain("listenTo");
  });
});

describe("the error of a wait on AbortSignal.timeout()", () => {
  test.runIf(onNode)("has the wait in its stack, since the reason has no caller", async () => {
    const alive = setTimeout(() => {}, 10_000);
    const error = await placeOrder(AbortSignal.timeout(5));
    clearTimeout(alive);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.stack).toMatch(/^TimeoutError: The operation timed out\n(?:.*\n)*.*placeOrder/);
  });

  test.runIf(onNode)("has each of several consecutive waits in its stack", async () => {
    const signal = AbortSignal.timeout(20);
    const ended = new Waiter([], "a");
    ended.listenTo(signal);
    ended.stopListening();
    const alive = setTimeout(() => {}, 10_000);
    const error = await placeOrder(signal);
    clearTimeout(alive);
    expect(error.stack).toContain("placeOrder");
  });

  test.runIf(onNode)(
    "has the wait in its stack after a wait on another kind of signal",
    async () => {
      vi.resetModules();
      const fresh = await import("@aio/errors");
      const ignore = () => {};
      const other = { aborted: false, addEventListener: ignore, removeEventListener: ignore };
      new fresh.Pending(other as unknown as AbortSignal).resolve(undefined);
      const alive = setTimeout(() => {}, 10_000);
      const { promise } = new fresh.Pending(AbortSignal.timeout(5));
      const error = await promise.catch((reason: Error) => reason);
      clearTimeout(alive);
      expect((error as Error).stack).toContain("debug.test");
    },
  );
});
