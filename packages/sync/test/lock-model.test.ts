import { type Guard, Lock } from "@aio/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outcomes, Signals, extract, schedules } from "./schedules.ts";
import { shown } from "./watched.ts";

describe("Lock", () => {
  test("behaves like a model of a holder and an array under random sequences of calls", async () => {
    const steps = schedules("acquire", "acquire", "try", "release", "guard", "abort", "tick");
    const property = fc.asyncProperty(steps, async (schedule) => {
      const lock = new Lock();
      const signals = new Signals();
      const calls = new Outcomes<Guard>();
      const expected: string[] = [];
      const queue: { call: number; signal: number | undefined }[] = [];
      let holder: number | undefined;
      const take = (call: number): void => {
        holder = call;
        expected.push(`${call} passes`);
      };
      const passOn = (): void => {
        holder = undefined;
        const next = queue.shift();
        if (next !== undefined) take(next.call);
      };

      for (const { name, number, signal } of schedule) {
        const call = calls.next;
        if (name === "acquire") {
          if (holder === undefined) take(call);
          else queue.push({ call, signal });
          calls.note(lock.acquire(signals.options(signal)));
        } else if (name === "try") {
          const guard = lock.tryAcquire();
          expect(guard !== null).toBe(holder === undefined);
          if (guard !== null) {
            take(call);
            calls.note(Promise.resolve(guard));
          }
        } else if (name === "release") {
          if (holder === undefined) expect(() => lock.release()).toThrow("not held");
          else {
            passOn();
            lock.release();
          }
        } else if (name === "guard") {
          const guard = calls.values.get(number);
          if (guard !== undefined && holder === number) passOn();
          guard?.release();
        } else if (name === "abort") {
          const aborted = extract(queue, (waiting) => waiting.signal === number % 3);
          for (const waiting of aborted) expected.push(`${waiting.call} AbortError`);
          signals.abort(number);
        } else {
          await calls.tick();
          expect(calls.trace).toEqual(expected);
        }
        const waiters = queue.length === 0 ? "" : `, waiters:${queue.length}`;
        const state = holder === undefined ? "unlocked" : "locked";
        expect(shown(lock)).toBe(`Lock [${state}${waiters}]`);
      }
      await calls.tick();
      expect(calls.trace).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 400 });
  });
});
