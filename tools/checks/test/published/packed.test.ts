import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Packed,
  budgets,
  budgetsOfOne,
  bytesOf,
  bytesOfOne,
  contentProblems,
  lintProblems,
  manifestProblems,
  pack,
  rangeProblems,
} from "../../src/packed.ts";
import { assertNone } from "../../src/problem.ts";
import { checkedPackages, root } from "../../src/repository.ts";

describe.concurrent.each(checkedPackages)(
  "what npm gets of @aio/%s",
  { timeout: 30_000 },
  (name) => {
    let packing: Promise<Packed> | undefined;
    // Once for all four, by whichever comes first.
    const packed = () => (packing ??= pack(name));

    test("holds dist, src, its README and the license, and no more", async () => {
      const hasChangelog = existsSync(join(root, "packages", name, "CHANGELOG.md"));
      assertNone(contentProblems(await packed(), hasChangelog));
    });

    test("leaves publint and attw nothing to say", async () => {
      assertNone(await lintProblems(await packed()));
    });

    test("says nothing that is for this repository alone", async () => {
      assertNone(manifestProblems(await packed()));
    });

    test("asks for the version of @aio/errors that it was built with", async () => {
      assertNone(rangeProblems(await packed()));
    });

    test(`stays below ${budgets[name]} bytes, minified and compressed`, async ({ annotate }) => {
      const bytes = await bytesOf(await packed());
      await annotate(`${bytes} bytes`);
      expect(bytes).toBeLessThanOrEqual(budgets[name]);
    });
  },
);

describe.each(checkedPackages)("what a bundler takes of @aio/%s for one export", (name) => {
  const ofThis = budgetsOfOne.filter(([of]) => of === name);

  test.each(ofThis)("@aio/%s for %s is below %d bytes", async (_, exported, budget) => {
    expect(await bytesOfOne(name, exported)).toBeLessThanOrEqual(budget);
  });
});

describe.runIf(checkedPackages.includes("sync"))("what a bundler takes of @aio/sync", () => {
  test("for an event is less than 70 % of all", async () => {
    const all = "Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore";
    const [one, whole] = [await bytesOfOne("sync", "Event"), await bytesOfOne("sync", all)];
    expect(one).toBeLessThan(0.7 * whole);
  });
});
