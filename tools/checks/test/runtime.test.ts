import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import type * as errorsModule from "@aio/errors";
import type * as syncModule from "@aio/sync";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageNames, root } from "../src/repository.ts";

// An application with every package installed twice, as if in two versions.
const folder = mkdtempSync(join(tmpdir(), "aio-runtime-"));
const program = `
import { createRequire } from "node:module";
const load = async (home) => {
  const require = createRequire(home + "/app.js");
  const [esm, cjs] = [{}, {}];
  for (const name of ${JSON.stringify(packageNames)}) {
    cjs[name] = require("@aio/" + name);
    const { href } = new URL("node_modules/@aio/" + name + "/dist/index.js", "file://" + home + "/");
    esm[name] = await import(href);
  }
  return { esm, cjs };
};
const one = await load(process.argv[1]), two = await load(process.argv[2]);
const copies = [one.esm, one.cjs, two.esm, two.cjs];
const names = Object.keys(one.esm.errors).filter((name) => /^[A-Z]\\w*Error$/.test(name));
const wrong = [];
for (const maker of copies) for (const asker of copies) for (const name of names) {
  const error = new maker.errors[name](new Uint8Array(1), 1);
  if (!(error instanceof asker.errors[name])) wrong.push(name);
}
// What a package hands on has to be the class that its own copy of @aio/errors has.
for (const copy of copies) for (const name of ["sync", "streams", "subprocess"]) {
  for (const error of names) {
    const handedOn = copy[name][error];
    if (handedOn !== undefined && handedOn !== copy.errors[error]) wrong.push(name + "." + error);
  }
}
const exported = ({ esm, cjs }) => ${JSON.stringify(packageNames)}.map((name) => [
  name,
  Object.keys(esm[name]).sort(),
  Object.keys(cjs[name]).filter((key) => key !== "__esModule").sort(),
]);
const distinct = new Set(copies.map((copy) => copy.errors.CancelledError)).size;
console.log(JSON.stringify({ names, wrong, distinct, exported: exported(one) }));
`;

interface Report {
  readonly names: readonly string[];
  readonly wrong: readonly string[];
  readonly distinct: number;
  readonly exported: readonly (readonly [string, readonly string[], readonly string[]])[];
}

let report: Report;

beforeAll(() => {
  const homes = ["one", "two"].map((home) => join(folder, home));
  for (const home of homes) {
    for (const name of packageNames) {
      const target = join(home, "node_modules/@aio", name);
      mkdirSync(target, { recursive: true });
      cpSync(join(root, "packages", name, "dist"), join(target, "dist"), { recursive: true });
      cpSync(join(root, "packages", name, "package.json"), join(target, "package.json"));
    }
  }
  const file = join(folder, "program.mjs");
  writeFileSync(file, `process.argv.splice(1, 1);\n${program}`);
  report = JSON.parse(execFileSync(process.execPath, [file, ...homes], { encoding: "utf8" }));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("the built packages", () => {
  test.each(packageNames)("@aio/%s exports the same names as ESM and as CommonJS", (name) => {
    const [, esm, cjs] = report.exported.find(([found]) => found === name) ?? [];
    expect(esm).toEqual(cjs);
  });

  test("load as four copies of each class: ESM and CommonJS in two places", () => {
    expect(report.distinct).toBe(4);
    expect(report.names.length).toBeGreaterThan(7);
  });

  test("recognize each other's errors across all copies", () => {
    expect(report.wrong).toEqual([]);
  });
});

/** Load a CommonJS build with only the language and the globals that the web and Node share. */
function loadBare(name: "errors" | "sync", required: Record<string, unknown> = {}): unknown {
  const code = readFileSync(join(root, "packages", name, "dist/index.cjs"), "utf8");
  const { AbortController, AbortSignal, DOMException, EventTarget } = globalThis;
  const context = vm.createContext({ AbortController, AbortSignal, DOMException, EventTarget });
  // The wrapper of CommonJS. Its parameters are not globals.
  const wrapper = `(function (module, exports, require) {${code}\n})`;
  const module = { exports: {} };
  const load = vm.runInContext(wrapper, context) as (...values: unknown[]) => void;
  load(module, module.exports, (wanted: string) => {
    if (wanted in required) return required[wanted];
    throw new Error(`${name} requires ${wanted}`);
  });
  return module.exports;
}

describe("without Node", () => {
  const errors = loadBare("errors") as typeof errorsModule;

  test("@aio/errors loads, and turns an abort into an error", () => {
    expect(errors.cancellationError(AbortSignal.abort("enough")).cause).toBe("enough");
  });

  test("@aio/sync loads, and a lock can be acquired and a wait cancelled", async () => {
    const sync = loadBare("sync", { "@aio/errors": errors }) as typeof syncModule;
    const lock = new sync.Lock();
    const guard = await lock.acquire();
    const controller = new AbortController();
    const cancelled = lock.acquire({ signal: controller.signal });
    const granted = lock.acquire();
    controller.abort("enough");
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError", cause: "enough" });
    guard.release();
    await expect(granted).resolves.toBeDefined();
  });

  test("detects a use of Node-only globals", () => {
    const build = transformSync("process.pid", { format: "cjs" }).code;
    expect(() => vm.runInContext(build, vm.createContext({}))).toThrow("process is not defined");
  });
});
