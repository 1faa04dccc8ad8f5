import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as here from "@aio/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

type Errors = typeof here;
const classNames = [
  "CancelledError",
  "TimeoutError",
  "RuntimeError",
  "InvalidStateError",
  "BrokenBarrierError",
  "IncompleteReadError",
  "LimitOverrunError",
  "ProcessLookupError",
] as const;

type ErrorClass = new (...values: unknown[]) => Error;

const instanceFrom = (copy: Errors, name: (typeof classNames)[number]): Error => {
  switch (name) {
    case "IncompleteReadError":
      return new copy.IncompleteReadError(new Uint8Array(1), 2);
    case "LimitOverrunError":
      return new copy.LimitOverrunError("x", 1);
    default:
      return new copy[name]("x");
  }
};

// Four copies of the built package beside the one that this test imports: two folders, each loaded
// as ESM and as CJS.
const copies = new Map<string, Errors>();
const folder = mkdtempSync(join(tmpdir(), "aio-errors-"));

beforeAll(async () => {
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  if (!existsSync(join(dist, "index.cjs"))) throw new Error("Not built: run pnpm build first");
  const load = async (version: string) => {
    const copy = join(folder, version);
    cpSync(dist, copy, { recursive: true });
    writeFileSync(join(copy, "package.json"), '{ "type": "module" }');
    const esm = (await import(pathToFileURL(join(copy, "index.js")).href)) as Errors;
    copies.set(`${version}, ESM`, esm);
    const require = createRequire(import.meta.url);
    copies.set(`${version}, CJS`, require(join(copy, "index.cjs")) as Errors);
  };
  await Promise.all(["one", "two"].map(load));
  copies.set("this one", here);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("instanceof", () => {
  test("has five distinct classes of each name to tell apart", () => {
    for (const name of classNames) {
      expect(new Set([...copies.values()].map((copy) => copy[name])).size).toBe(5);
    }
  });

  test.each(classNames)("is true for a %s of every copy", (name) => {
    for (const [from, maker] of copies) {
      for (const [to, asker] of copies) {
        const error = instanceFrom(maker, name);
        expect(error instanceof asker[name], `${name} of copy ${from}, asked in ${to}`).toBe(true);
        expect(error instanceof Error).toBe(true);
      }
    }
  });

  test.each(classNames)("distinguishes a %s of every copy from all other classes", (name) => {
    for (const maker of copies.values()) {
      for (const asker of copies.values()) {
        const holds = classNames.filter(
          (other) => instanceFrom(maker, name) instanceof asker[other],
        );
        const expected = name === "BrokenBarrierError" ? ["RuntimeError", name] : [name];
        expect(holds).toEqual(expected);
      }
    }
  });

  test("is true for a subclass's instance and the base class of every copy", () => {
    for (const maker of copies.values()) {
      class ShutDown extends maker.CancelledError {}
      for (const asker of copies.values()) {
        expect(new ShutDown() instanceof asker.CancelledError).toBe(true);
      }
    }
  });

  test("follows the language's rule for a derived class", () => {
    class ShutDown extends here.CancelledError {}
    class Restart extends ShutDown {}
    expect(new ShutDown()).toBeInstanceOf(ShutDown);
    expect(new Restart()).toBeInstanceOf(ShutDown);
    expect(new here.CancelledError()).not.toBeInstanceOf(ShutDown);
    expect(new ShutDown()).not.toBeInstanceOf(Restart);
    // A bound class has no prototype of its own.
    expect(new Restart()).toBeInstanceOf(ShutDown.bind(undefined));
  });

  test.each([
    ["null", null],
    ["undefined", undefined],
    ["a string", "CancelledError"],
    ["a plain Error", new Error("x")],
    ["an Error with the same name and code", Object.assign(new Error("x"), { name: "AbortError" })],
    ["an object without a prototype", Object.create(null)],
    ["a function", here.CancelledError],
    ["the prototype itself", here.CancelledError.prototype],
  ])("is false for %s", (_, value: unknown) => {
    expect(value instanceof here.CancelledError).toBe(false);
  });

  test("does not read a value's properties, which could run code", () => {
    const value = new Proxy(new Error("x"), {
      get(): never {
        throw new Error("read");
      },
    });
    expect(value instanceof here.CancelledError).toBe(false);
  });
});

describe("an error of another copy", () => {
  test("is returned unchanged if it is the reason", () => {
    for (const maker of copies.values()) {
      for (const asker of copies.values()) {
        for (const reason of [new maker.CancelledError(), new maker.TimeoutError()]) {
          expect(asker.cancellationError(AbortSignal.abort(reason))).toBe(reason);
        }
      }
    }
  });

  test("counts as cancelled in every copy", () => {
    for (const maker of copies.values()) {
      for (const asker of copies.values()) {
        expect(asker.isCancelled(new maker.CancelledError())).toBe(true);
        expect(asker.isCancelled(new maker.TimeoutError())).toBe(false);
      }
    }
  });
});

describe("setDebug()", () => {
  test("of one copy turns debug mode on in every copy", async () => {
    for (const turner of copies.values()) {
      turner.setDebug(true);
      try {
        for (const waiter of copies.values()) {
          const controller = new AbortController();
          const placeOrder = () => new waiter.Pending(controller.signal).promise;
          const order = placeOrder();
          controller.abort();
          await expect(order).rejects.toHaveProperty(
            "stack",
            expect.stringContaining("placeOrder"),
          );
        }
      } finally {
        here.setDebug(false);
      }
    }
  });
});

describe("every class", () => {
  test.each(classNames)("%s has its name and an uppercase code as own keys", (name) => {
    const error = instanceFrom(here, name) as Error & { code: string };
    expect(error.code).toMatch(/^[A-Z][A-Z_]+$/);
    expect(Object.keys(error).slice(0, 2)).toEqual(["name", "code"]);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ name: error.name, code: error.code });
    expect(Object.keys(Object.getPrototypeOf(error) as object)).toEqual([]);
  });

  test.each(classNames)("%s lets a subclass set its own name, even on its prototype", (name) => {
    const base = Object.entries(here).find(([key]) => key === name)?.[1] as unknown as ErrorClass;
    class Field extends base {
      override readonly name = "Field";
    }
    class Getter extends base {
      override get name(): string {
        return "Getter";
      }
    }
    class Prototype extends base {
      static {
        Object.assign(this.prototype, { name: "Prototype" });
      }
    }
    for (const derived of [Field, Getter, Prototype]) {
      expect(new derived(new Uint8Array(1), 1).name).toBe(derived.name);
    }
  });

  test("has a unique name and code", () => {
    const errors = classNames.map((name) => instanceFrom(here, name) as Error & { code: string });
    expect(new Set(errors.map((error) => error.code)).size).toBe(classNames.length);
    expect(new Set(errors.map((error) => error.name)).size).toBe(classNames.length);
  });
});
