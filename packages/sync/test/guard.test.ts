import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  type Guard,
  Lock,
  Semaphore,
} from "@aio/sync";
import { describe, expect, test } from "vitest";
import { settle, shown, watch } from "./watched.ts";

const owners = [
  { name: "Lock", make: () => new Lock() },
  { name: "Condition", make: () => new Condition() },
  { name: "Semaphore", make: () => new Semaphore(1) },
  { name: "BoundedSemaphore", make: () => new BoundedSemaphore(1) },
];

/** Wraps state as Vue does: only values whose tag is Object or Array. */
function reactive<T extends object>(target: T): T {
  const isPlain = /^\[object (?:Object|Array)\]$/.test(Object.prototype.toString.call(target));
  if (!isPlain || !Object.isExtensible(target)) return target;
  return new Proxy(target, {
    get(object, name, proxy) {
      const value: unknown = Reflect.get(object, name, proxy);
      return typeof value === "object" && value !== null ? reactive(value) : value;
    },
  });
}

describe.each(owners)("Guard of a $name", ({ make }) => {
  // test_locks.LockTests.test_context_manager
  // test_locks.ConditionTests.test_context_manager
  test("releases at the end of the block that declares it with using", async () => {
    const owner = make();
    expect(owner.locked()).toBe(false);
    {
      using guard = await owner.acquire();
      expect(guard).toBeTruthy();
      expect(owner.locked()).toBe(true);
    }
    expect(owner.locked()).toBe(false);
  });

  test("releases when the block throws, and the error propagates", async () => {
    const owner = make();
    const failure = new Error("from inside");
    async function body(): Promise<void> {
      using guard = await owner.acquire();
      expect(guard).toBeTruthy();
      throw failure;
    }
    await expect(body()).rejects.toBe(failure);
    expect(owner.locked()).toBe(false);
  });

  test("may be released early inside its block", async () => {
    const owner = make();
    {
      using guard = await owner.acquire();
      guard.release();
      expect(owner.locked()).toBe(false);
    }
    expect(owner.locked()).toBe(false);
  });

  test("releases once: later calls do nothing, even if another caller holds it by then", async () => {
    const owner = make();
    const stale = await owner.acquire();
    stale.release();
    const current = await owner.acquire();
    stale.release();
    stale[Symbol.dispose]();
    expect(owner.locked()).toBe(true);
    current.release();
    expect(owner.locked()).toBe(false);
  });

  test("never wakes two waiters when it is released twice", async () => {
    const owner = make();
    const guard = owner.tryAcquire();
    const first = watch(owner.acquire());
    const second = watch(owner.acquire());
    guard?.release();
    guard?.release();
    await settle();
    expect([first.state, second.state]).toEqual(["fulfilled", "pending"]);
    guard?.release();
    await settle();
    expect(second.state).toBe("pending");
  });

  test("releases when its methods are passed on as callbacks", async () => {
    for (const method of ["release", Symbol.dispose] as const) {
      const owner = make();
      const guard = await owner.acquire();
      await Promise.resolve("work").finally(guard[method]);
      expect(owner.locked()).toBe(false);
      await owner.acquire();
      guard[method]();
      expect(owner.locked()).toBe(true);
    }
  });

  test("is not wrapped by reactive state, and releases when stored there", async () => {
    for (const method of ["release", Symbol.dispose] as const) {
      const owner = make();
      const state = reactive({ guard: await owner.acquire() });
      state.guard[method]();
      expect(owner.locked()).toBe(false);
    }
  });

  test("shows whether it is held", async () => {
    const owner = make();
    const guard = await owner.acquire();
    expect(shown(guard)).toBe("Guard [held]");
    guard.release();
    await owner.acquire();
    expect(shown(guard)).toBe("Guard [released]");
  });

  test("has no keys that a logger or a comparison would list", async () => {
    const guard = await make().acquire();
    expect(Reflect.ownKeys(guard)).toEqual([]);
    expect(JSON.stringify(guard)).toBe("{}");
  });

  test("resolves its promise without a look at Object.prototype", async () => {
    const owner = make();
    let looks = 0;
    // oxlint-disable-next-line eslint/no-extend-native, unicorn/no-thenable -- what is tested; deleted below
    Object.defineProperty(Object.prototype, "then", {
      get: () => void (looks += 1),
      configurable: true,
    });
    let acquired: Promise<Guard>[];
    try {
      acquired = [owner.acquire(), owner.acquire()];
      owner.release();
    } finally {
      Reflect.deleteProperty(Object.prototype, "then");
    }
    expect(looks).toBe(0);
    for (const guard of await Promise.all(acquired)) expect(shown(guard)).toMatch(/^Guard/);
  });

  test("is a separate object for each waiter that is woken", async () => {
    const owner = make();
    const guards: (Guard | null)[] = [owner.tryAcquire()];
    void owner.acquire().then((guard) => guards.push(guard));
    void owner.acquire().then((guard) => guards.push(guard));
    guards[0]?.release();
    await settle();
    guards[1]?.release();
    await settle();
    expect(new Set(guards).size).toBe(3);
    guards[0]?.release();
    guards[1]?.release();
    expect(owner.locked()).toBe(true);
    guards[2]?.release();
    expect(owner.locked()).toBe(false);
  });
});

describe("Guard of a Semaphore that was released past it", () => {
  test("still gives its permit back, since semaphore.release() is not tied to a guard", async () => {
    const semaphore = new Semaphore(1);
    const permit = await semaphore.acquire();
    semaphore.release();
    permit.release();
    expect(shown(semaphore)).toBe("Semaphore [unlocked, value:2]");
  });

  test("throws RangeError if the semaphore is bounded and all permits are free", async () => {
    const semaphore = new BoundedSemaphore(1);
    const permit = await semaphore.acquire();
    semaphore.release();
    expect(() => permit.release()).toThrow(RangeError);
    expect(() => permit.release()).not.toThrow();
    expect(shown(semaphore)).toBe("BoundedSemaphore [unlocked, value:1]");
  });
});

// `using` refuses a value without Symbol.dispose, both at compile time and at run time, so code that
// forgets acquire() or its await fails, instead of running without the lock.
describe.each(owners)("using, of a $name", ({ make }) => {
  // test_locks.LockTests.test_lock_by_with_statement
  test("is a TypeError for the primitive itself", () => {
    const owner = make();
    expect(() => {
      // @ts-expect-error -- acquire() is forgotten
      using x = owner;
      expect(x).toBeUndefined();
    }).toThrow(TypeError);
    expect(owner.locked()).toBe(false);
  });

  test("is a TypeError for the promise of a guard", () => {
    const owner = make();
    expect(() => {
      // @ts-expect-error -- await is forgotten
      using x = owner.acquire();
      expect(x).toBeUndefined();
    }).toThrow(TypeError);
  });

  test("accepts the null that tryAcquire() returns when it is taken", () => {
    const owner = make();
    owner.tryAcquire();
    {
      using guard = owner.tryAcquire();
      expect(guard).toBeNull();
    }
    expect(owner.locked()).toBe(true);
  });
});

describe("await using, and using", () => {
  test.each([new Lock(), new Condition(), new Semaphore(), new Event(), new Barrier(1)])(
    "find nothing to dispose of in a primitive: %o",
    (primitive) => {
      expect(Symbol.dispose in primitive).toBe(false);
      expect(Symbol.asyncDispose in primitive).toBe(false);
    },
  );
});
