import { BoundedSemaphore, type Guard, Semaphore } from "@aio/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outcomes, Signals, extract, schedules } from "./schedules.ts";
import { shown } from "./watched.ts";

describe.each([
  { name: "Semaphore", make: (value: number) => new Semaphore(value), isBounded: false },
  {
    name: "BoundedSemaphore",
    make: (value: number) => new BoundedSemaphore(value),
    isBounded: true,
  },
])("$name", ({ name: title, make, isBounded }) => {
  test("behaves like a model of a number and an array under random sequences of calls", async () => {
    const steps = schedules("acquire", "acquire", "try", "release", "guard", "abort", "tick");
    const property = fc.asyncProperty(fc.nat(3), steps, async (initial, schedule) => {
      const semaphore = make(initial);
      const signals = new Signals();
      const calls = new Outcomes<Guard>();
      const expected: string[] = [];
      const queue: { call: number; signal: number | undefined }[] = [];
      const released = new Set<number>();
      let value = initial;
      const release = (act: () => void): void => {
        if (isBounded && value >= initial) {
          expect(act).toThrow(RangeError);
          return;
        }
        const next = queue.shift();
        if (next === undefined) value += 1;
        else expected.push(`${next.call} passes`);
        act();
      };

      for (const { name, number, signal } of schedule) {
        const call = calls.next;
        if (name === "acquire") {
          if (value === 0) queue.push({ call, signal });
          else {
            value -= 1;
            expected.push(`${call} passes`);
          }
          calls.note(semaphore.acquire(signals.options(signal)));
        } else if (name === "try") {
          const permit = semaphore.tryAcquire();
          expect(permit !== null).toBe(value > 0);
          if (permit !== null) {
            value -= 1;
            expected.push(`${call} passes`);
            calls.note(Promise.resolve(permit));
          }
        } else if (name === "release") {
          release(() => semaphore.release());
        } else if (name === "guard") {
          const permit = calls.values.get(number);
          if (permit === undefined) continue;
          if (released.has(number)) permit.release();
          else release(() => permit.release());
          released.add(number);
        } else if (name === "abort") {
          const aborted = extract(queue, (waiting) => waiting.signal === number % 3);
          for (const waiting of aborted) expected.push(`${waiting.call} AbortError`);
          signals.abort(number);
        } else {
          await calls.tick();
          expect(calls.trace).toEqual(expected);
        }
        const waiters = queue.length === 0 ? "" : `, waiters:${queue.length}`;
        const state = value === 0 ? "locked" : `unlocked, value:${value}`;
        expect(shown(semaphore)).toBe(`${title} [${state}${waiters}]`);
      }
      await calls.tick();
      expect(calls.trace).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
