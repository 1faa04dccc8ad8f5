import { existsSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { examplesOf } from "../../src/examples.ts";
import { assertNone } from "../../src/problem.ts";
import { checkedPackages, root } from "../../src/repository.ts";
import { Playground } from "../../src/run-examples.ts";

// On a machine with six times as much to do as processors, each of these takes half a minute.
describe.each(checkedPackages)("the examples of @aio/%s", { timeout: 120_000 }, (name) => {
  const playground = new Playground(examplesOf(name));
  afterAll(() => playground[Symbol.dispose]());

  test("can use the built package", () => {
    const built = existsSync(`${root}packages/${name}/dist/index.js`);
    expect(built, `@aio/${name} is not built: run turbo run build`).toBe(true);
  });

  test("compile for a strict user", () => {
    assertNone(playground.typeProblems());
  });

  test("print what their comments say", async () => {
    assertNone(await playground.outputProblems());
  });
});
