import {
  Barrier,
  Condition,
  Event,
  type Guard,
  Lock,
  Semaphore,
  type WaitOptions,
} from "@aio/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Difference, describeDifference, differenceOf, shrink } from "../src/difference.ts";
import { type Classes, classes } from "../src/interpreter.ts";
import { programOf } from "../src/program.ts";
import { Python, pythonVersion } from "../src/python.ts";

const version = pythonVersion();
const inCi = process.env["CI"] === "true";
if (version === undefined) {
  console.warn("No CPython from 3.11 as python3 or AIO_PYTHON: nothing to compare with asyncio's");
}

/** The first difference that programs show, shrunk. */
async function compare(
  programs: number,
  python: Python,
  use?: Classes,
): Promise<Difference | undefined> {
  const seeds = Array.from({ length: programs }, (_, seed) => seed);
  const found = await Promise.all(seeds.map((seed) => differenceOf(programOf(seed), python, use)));
  const difference = found.find((one) => one !== undefined);
  return difference === undefined ? undefined : shrink(difference, python, use);
}

describe.runIf(version !== undefined || inCi)("The comparison with asyncio", () => {
  let python: Python;
  beforeAll(() => {
    python = new Python();
  });
  afterAll(() => python[Symbol.dispose]());

  it(
    `finds no difference in 2,000 random programs (CPython ${version ?? "not found"})`,
    { timeout: 60_000 },
    async () => {
      const difference = await compare(2_000, python);
      if (difference !== undefined) expect.unreachable(describeDifference(difference));
    },
  );

  // Without these one could believe a comparison that compares nothing.
  it.each<{ what: string; broken: Partial<Classes> }>([
    {
      what: "a lock whose waiters cannot be aborted",
      broken: {
        Lock: class extends Lock {
          override acquire(options?: WaitOptions): Promise<Guard> {
            return super.acquire(options?.signal?.aborted ? options : undefined);
          }
        },
      },
    },
    {
      what: "a lock that takes what is free only when the caller waits",
      broken: {
        Lock: class extends Lock {
          override async acquire(options?: WaitOptions): Promise<Guard> {
            await Promise.resolve();
            return super.acquire(options);
          }
        },
      },
    },
    {
      what: "a condition that notifies one too many",
      broken: {
        Condition: class extends Condition {
          override notify(n = 1): void {
            super.notify(n + 1);
          }
        },
      },
    },
    {
      what: "a semaphore that counts a release twice",
      broken: {
        Semaphore: class extends Semaphore {
          override release(): void {
            super.release();
            super.release();
          }
        },
      },
    },
    {
      what: "an event that forgets that it was set",
      broken: {
        Event: class extends Event {
          override set(): void {
            super.set();
            super.clear();
          }
        },
      },
    },
    {
      what: "a barrier that waits for one too many",
      broken: {
        Barrier: class extends Barrier {
          constructor(parties: number) {
            super(parties + 1);
          }
        },
      },
    },
  ])("finds $what, in few operations", { timeout: 60_000 }, async ({ broken }) => {
    const difference = await compare(300, python, { ...classes, ...broken });
    expect(difference).toBeDefined();
    expect(difference?.program.batches.flat().length).toBeLessThan(8);
  });
});
