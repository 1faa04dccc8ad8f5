import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import * as here from "@aio/sync";
import { describe, expect, test } from "vitest";

type Sync = typeof here;
type Maker = new (parties: number) => object;

const require = createRequire(import.meta.url);
const builtOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const dist = builtOf("../dist/index.cjs");
const commonJs = require(dist) as Sync;

const names = ["Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore", "Barrier"] as const;
type Name = (typeof names)[number];

const classOf = (copy: object, name: Name): Maker => Reflect.get(copy, name);
const make = (copy: object, name: Name): object => {
  const made = classOf(copy, name);
  return name === "Condition" ? new (made as new () => object)() : new made(1);
};

describe.each(names)("instanceof %s", (name) => {
  test("is true for instances from the CommonJS copy and for no other class", () => {
    for (const [maker, asker] of [
      [commonJs, here],
      [here, commonJs],
      [here, here],
    ] as const) {
      const primitive = make(maker, name);
      const holds = names.filter((other) => primitive instanceof classOf(asker, other));
      expect(holds).toEqual(name === "BoundedSemaphore" ? ["Semaphore", name] : [name]);
    }
    expect(classOf(here, name)).not.toBe(classOf(commonJs, name));
  });

  test("follows the language's rule for a derived class", () => {
    const base = classOf(here, name);
    class Mine extends base {}
    const mine: unknown = Object.create(Mine.prototype);
    expect(make(here, name)).not.toBeInstanceOf(Mine);
    expect(mine).toBeInstanceOf(Mine);
    expect(mine).toBeInstanceOf(base);
  });

  test("is false for anything else, including a proxy whose traps throw", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const others: unknown[] = [null, undefined, name, {}, Object.create(null), proxy];
    expect(others.map((value) => value instanceof classOf(here, name))).not.toContain(true);
  });
});

describe("Condition", () => {
  test("refuses a lock of another copy, and says why", () => {
    expect(() => new here.Condition(new commonJs.Lock() as never)).toThrow(
      expect.objectContaining({
        name: "TypeError",
        code: "ERR_INVALID_ARG_VALUE",
        message: expect.stringContaining("another copy of @aio/sync"),
      }),
    );
  });
});

/** The package as it loads in a realm whose Symbol is `realm`. */
function loadWith(realm: object): Sync {
  const load = (file: string): unknown => {
    const module = { exports: {} };
    const parameters = ["module", "exports", "require", "Symbol"];
    const run = compileFunction(readFileSync(file, "utf8"), parameters);
    const errors = builtOf("../node_modules/@aio/errors/dist/index.cjs");
    run(module, module.exports, () => load(errors), realm);
    return module.exports;
  };
  return load(dist) as Sync;
}

/** The Symbol of a realm without Symbol.dispose. */
function realmSymbol(): { dispose?: symbol } {
  const { iterator, asyncIterator, hasInstance, toStringTag, toPrimitive } = Symbol;
  const known = { iterator, asyncIterator, hasInstance, toStringTag, toPrimitive };
  const realm: { dispose?: symbol } = Object.assign((text: string) => Symbol(text), {
    dispose: undefined as never,
  });
  return Object.assign(realm, known, { for: (key: string) => Symbol.for(key) });
}

describe("Guard, where Symbol.dispose is missing", () => {
  const disposeOf = (guard: object, key: symbol) => Reflect.get(guard, key) as () => void;

  test("is disposable under the symbol that compilers use instead", async () => {
    const { Lock, Semaphore } = loadWith(realmSymbol());
    for (const owner of [new Lock(), new Semaphore(1)]) {
      const guard = await owner.acquire();
      disposeOf(guard, Symbol.for("Symbol.dispose"))();
      expect(owner.locked()).toBe(false);
    }
  });

  test("is disposable under a symbol that a polyfill adds later", async () => {
    const realm = realmSymbol();
    const { Lock, Semaphore } = loadWith(realm);
    const dispose = (realm.dispose = Symbol("Symbol.dispose"));
    for (const owner of [new Lock(), new Semaphore(1)]) {
      const guard = await owner.acquire();
      disposeOf(guard, dispose)();
      expect(owner.locked()).toBe(false);
    }
  });
});
