import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Packed,
  budgets,
  budgetsOfOne,
  sizeOf,
  sizeOfOne,
  contentProblems,
  lintProblems,
  manifestProblems,
  pack,
  rangeProblems,
} from "../../src/packed.ts";
import { assertNone } from "../../src/problem.ts";
import { checkedPackages, root } from "../../src/repository.ts";

describe.concurrent.each(checkedPackages)("@aio/%s as published", { timeout: 60_000 }, (name) => {
  let packing: Promise<Packed> | undefined;
  // Packed once, by the first test that needs it.
  const packed = () => (packing ??= pack(name));

  test("contains dist, src, its README and the license, and nothing else", async () => {
    const hasChangelog = existsSync(join(root, "packages", name, "CHANGELOG.md"));
    assertNone(contentProblems(await packed(), hasChangelog));
  });

  test("passes publint and attw", async () => {
    assertNone(await lintProblems(await packed()));
  });

  test("has a manifest without repository-only fields", async () => {
    assertNone(manifestProblems(await packed()));
  });

  test("depends on the version of @aio/errors that it was built with", async () => {
    assertNone(rangeProblems(await packed()));
  });

  test(`stays below ${budgets[name]} bytes, minified and compressed`, async ({ annotate }) => {
    const bytes = await sizeOf(await packed());
    await annotate(`${bytes} bytes`);
    expect(bytes).toBeLessThanOrEqual(budgets[name]);
  });
});

describe.each(checkedPackages)("the bundle size of one export of @aio/%s", (name) => {
  const ofThis = budgetsOfOne.filter(([of]) => of === name);

  test.each(ofThis)("@aio/%s, %s: at most %d bytes", async (_, exported, budget) => {
    expect(await sizeOfOne(name, exported)).toBeLessThanOrEqual(budget);
  });
});

describe.runIf(checkedPackages.includes("sync"))("the bundle size of @aio/sync", () => {
  test("for Event is less than 70 % of the whole", async () => {
    const all = "Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore";
    const [one, whole] = [await sizeOfOne("sync", "Event"), await sizeOfOne("sync", all)];
    expect(one).toBeLessThan(0.7 * whole);
  });
});
