import {
  type BoundedSemaphore,
  Condition,
  Event,
  type Guard,
  Lock,
  Semaphore,
  type WaitOptions,
} from "@aio/sync";
import { describe, expectTypeOf, test } from "vitest";

describe("Types", () => {
  test("make acquire() resolve to a guard, which `using` accepts", () => {
    for (const owner of [new Lock(), new Semaphore(), new Condition()]) {
      expectTypeOf(owner.acquire()).toEqualTypeOf<Promise<Guard>>();
      expectTypeOf(owner.tryAcquire()).toEqualTypeOf<Guard | null>();
    }
    expectTypeOf<Guard>().toExtend<Disposable>();
    expectTypeOf<Lock>().not.toExtend<Disposable>();
    expectTypeOf<Promise<Guard>>().not.toExtend<Disposable>();
    expectTypeOf<Lock>().not.toExtend<PromiseLike<unknown>>();
  });

  test("exclude falsy values from what waitFor() resolves to", () => {
    const condition = new Condition();
    const items: string[] = ["a", "b"];
    expectTypeOf(condition.waitFor(() => items.shift())).toEqualTypeOf<Promise<string>>();
    expectTypeOf(condition.waitFor(() => items.length > 0)).toEqualTypeOf<Promise<true>>();
    expectTypeOf(condition.waitFor(() => items)).toEqualTypeOf<Promise<string[]>>();
  });

  test("refuse a predicate that returns a promise, and accept any other", () => {
    const condition = new Condition();
    const mayBePromise = (): boolean | Promise<boolean> => true;
    const anything = (): any => true; // oxlint-disable-line typescript/no-explicit-any -- The case.
    const unknown = (): unknown => true;
    void (() => {
      // @ts-expect-error -- a promise is always truthy
      void condition.waitFor(async () => true);
      // @ts-expect-error -- it may be a promise
      void condition.waitFor(mayBePromise);
      void condition.waitFor(anything);
      void condition.waitFor(unknown);
    });
  });

  test("declare that a wait resolves to true", () => {
    expectTypeOf(new Event().wait()).toEqualTypeOf<Promise<true>>();
    expectTypeOf<Condition["wait"]>().returns.toEqualTypeOf<Promise<true>>();
  });

  test("derive run()'s result from the function, whether or not it returns a promise", () => {
    expectTypeOf(new Lock().run(() => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(new Semaphore().run(async () => "a")).toEqualTypeOf<Promise<string>>();
  });

  test("let a signal be absent, undefined or null", () => {
    expectTypeOf<{ signal?: AbortSignal }>().toExtend<WaitOptions>();
    expectTypeOf<{ signal: undefined }>().toExtend<WaitOptions>();
    expectTypeOf<{ signal: null }>().toExtend<WaitOptions>();
    expectTypeOf<AbortSignal>().not.toExtend<Required<WaitOptions>>();
  });

  test("refuse an object that only looks like a lock", () => {
    expectTypeOf<BoundedSemaphore>().toExtend<Semaphore>();
    expectTypeOf<Semaphore>().not.toExtend<Lock>();
    expectTypeOf<Condition>().not.toExtend<Lock>();
  });
});
