import { getEventListeners } from "node:events";
import { CancelledError, Pending, TimeoutError } from "@aio/errors";
import { describe, expect, test } from "vitest";

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

/** The promise's current state, without waiting for it. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  const pending = Symbol("pending");
  return Promise.race([promise, Promise.resolve(pending)]).then(
    (value) => (value === pending ? "pending" : "resolved"),
    () => "rejected",
  );
}

describe("new Pending()", () => {
  test("creates a pending promise", async () => {
    const pending = new Pending();
    expect(pending.settled).toBe(false);
    expect(await stateOf(pending.promise)).toBe("pending");
  });

  test.each([undefined, null])("treats %s as no signal", async (signal) => {
    const pending = new Pending<number>(signal);
    pending.resolve(5);
    expect(await pending.promise).toBe(5);
  });

  test.each([5, {}, "SIGTERM", new AbortController()])("refuses the signal %o", (signal) => {
    const call = () => new Pending(signal as AbortSignal);
    expect(call).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });

  test("rejects at once, with the caller in the stack, if the signal has aborted", async () => {
    let ended = 0;
    const signal = AbortSignal.abort("enough");
    function placeOrder() {
      return new Pending(signal, { activity: "waiting for a cup", onSettled: () => (ended += 1) });
    }
    const pending = placeOrder();
    expect(pending.settled).toBe(true);
    const error: unknown = await pending.promise.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({
      cause: "enough",
      message: "Stopped waiting for a cup: the operation was aborted",
      stack: expect.stringContaining("placeOrder"),
    });
    expect(ended).toBe(0);
    expect(listenersOf(signal)).toBe(0);
  });

  test("rejects with what the signal throws if it refuses listeners", async () => {
    const fault = new Error("takes no listener");
    const signal = Object.assign(new EventTarget(), {
      aborted: false,
      addEventListener() {
        throw fault;
      },
    });
    const pending = new Pending(signal as unknown as AbortSignal);
    await expect(pending.promise).rejects.toBe(fault);
  });
});

describe.each([
  ["resolve()", (pending: Pending<number>) => pending.resolve(1), "resolved"],
  ["reject()", (pending: Pending<number>) => pending.reject(new Error("x")), "rejected"],
] as const)("Pending.%s", (_, settle, outcome) => {
  test("settles the promise, once", async () => {
    const pending = new Pending<number>();
    settle(pending);
    pending.resolve(2);
    pending.reject(new Error("later"));
    expect(pending.settled).toBe(true);
    expect(await stateOf(pending.promise)).toBe(outcome);
    await pending.promise.then(
      (value) => expect(value).toBe(1),
      (error: Error) => expect(error.message).toBe("x"),
    );
  });

  test("wins over a later abort, and leaves no listener on the signal", async () => {
    const controller = new AbortController();
    const pending = new Pending<number>(controller.signal);
    settle(pending);
    expect(listenersOf(controller.signal)).toBe(0);
    controller.abort();
    expect(await stateOf(pending.promise)).toBe(outcome);
    await pending.promise.catch((error: Error) => expect(error.message).toBe("x"));
  });

  test("calls onSettled once, before any handler of the promise runs", async () => {
    const log: string[] = [];
    const pending = new Pending<number>(null, { onSettled: () => log.push("settled") });
    const heard = pending.promise.then(
      () => log.push("heard"),
      () => log.push("heard"),
    );
    settle(pending);
    settle(pending);
    expect(log).toEqual(["settled"]);
    await heard;
    expect(log).toEqual(["settled", "heard"]);
  });

  test("settles even if onSettled throws, and passes that error to its caller", async () => {
    const onSettled = (): never => {
      throw new Error("It cannot be released");
    };
    const pending = new Pending<number>(null, { onSettled });
    expect(() => settle(pending)).toThrow("It cannot be released");
    expect(await stateOf(pending.promise)).toBe(outcome);
    await pending.promise.catch((error: Error) => expect(error.message).toBe("x"));
  });
});

describe("Pending, when its signal aborts", () => {
  test("rejects with the error for the reason, naming the activity", async () => {
    const [stop, late] = [new AbortController(), new AbortController()];
    const activity = "waiting for a cup";
    const stopped = new Pending(stop.signal, { activity }).promise;
    const timedOut = new Pending(late.signal, { activity }).promise;
    stop.abort("enough");
    late.abort(new DOMException("x", "TimeoutError"));
    const errors = await Promise.all([stopped, timedOut].map((p) => p.catch((e: unknown) => e)));
    expect(errors[0]).toBeInstanceOf(CancelledError);
    expect(errors[0]).toMatchObject({
      cause: "enough",
      message: "Stopped waiting for a cup: the operation was aborted",
    });
    expect(errors[1]).toBeInstanceOf(TimeoutError);
    expect(errors[1]).toMatchObject({
      message: "Stopped waiting for a cup: the operation timed out",
    });
  });

  test("settles, calls onSettled and leaves the signal before abort() returns", async () => {
    const controller = new AbortController();
    let ended = 0;
    const pending = new Pending(controller.signal, { onSettled: () => (ended += 1) });
    controller.abort();
    expect([pending.settled, ended, listenersOf(controller.signal)]).toEqual([true, 1, 0]);
    pending.resolve(5);
    await expect(pending.promise).rejects.toThrow(CancelledError);
  });

  test("rejects in FIFO order among all waiters on the signal, through one event listener", async () => {
    const controller = new AbortController();
    const order: number[] = [];
    const all = [0, 1, 2].map(
      (n) => new Pending(controller.signal, { onSettled: () => order.push(n) }).promise,
    );
    expect(listenersOf(controller.signal)).toBe(1);
    controller.abort();
    expect(order).toEqual([0, 1, 2]);
    await Promise.allSettled(all);
  });
});
