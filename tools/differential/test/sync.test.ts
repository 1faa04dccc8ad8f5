import {
  Barrier,
  Condition,
  Event,
  type Guard,
  Lock,
  Semaphore,
  type WaitOptions,
} from "@aio/sync";
import { expect, test } from "vitest";
import { compare, describeDifference } from "../src/comparison.ts";
import { type Classes, classes } from "../src/sync/interpreter.ts";
import { syncSubject } from "../src/sync/subject.ts";
import { describeWithPython } from "./interpreter.ts";

describeWithPython("The comparison of @aio/sync with asyncio", "3.11+", syncSubject(), (python) => {
  test("finds no difference in 2,000 random programs", { timeout: 60_000 }, async () => {
    const subject = syncSubject();
    const difference = await compare(subject, { count: 2_000 }, python());
    if (difference !== undefined) expect.unreachable(describeDifference(subject, difference));
  });

  // These prove that the comparison detects faults.
  test.each<{ what: string; broken: Partial<Classes> }>([
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
      what: "a lock that is taken only when the caller awaits",
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
      what: "a condition that notifies one waiter too many",
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
      what: "an event that does not stay set",
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
      what: "a barrier that waits for one caller too many",
      broken: {
        Barrier: class extends Barrier {
          constructor(parties: number) {
            super(parties + 1);
          }
        },
      },
    },
  ])("detects $what, in a few operations", { timeout: 60_000 }, async ({ broken }) => {
    const difference = await compare(
      syncSubject({ ...classes, ...broken }),
      { count: 300 },
      python(),
    );
    expect(difference).toBeDefined();
    expect(difference?.program.batches.flat().length).toBeLessThan(8);
  });
});
