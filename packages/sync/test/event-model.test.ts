import { Event } from "@aio/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outcomes, Signals, extract, schedules } from "./schedules.ts";
import { shown } from "./watched.ts";

describe("Event", () => {
  test("behaves like a model of a flag and an array under random sequences of calls", async () => {
    const steps = schedules(
      "wait",
      "wait",
      "wait",
      "wait",
      "set",
      "clear",
      "clear",
      "abort",
      "tick",
    );
    const property = fc.asyncProperty(steps, async (schedule) => {
      const event = new Event();
      const signals = new Signals();
      const calls = new Outcomes<true>();
      const expected: string[] = [];
      const queue: { call: number; signal: number | undefined }[] = [];
      let isSet = false;

      for (const { name, number, signal } of schedule) {
        if (name === "wait") {
          if (isSet) expected.push(`${calls.next} passes`);
          else queue.push({ call: calls.next, signal });
          calls.note(event.wait(signals.options(signal)));
        } else if (name === "set") {
          isSet = true;
          for (const { call } of queue.splice(0)) expected.push(`${call} passes`);
          event.set();
        } else if (name === "clear") {
          isSet = false;
          event.clear();
        } else if (name === "abort") {
          const aborted = extract(queue, (waiting) => waiting.signal === number % 3);
          for (const waiting of aborted) expected.push(`${waiting.call} AbortError`);
          signals.abort(number);
        } else {
          await calls.tick();
          expect(calls.trace).toEqual(expected);
        }
        const waiters = queue.length === 0 ? "" : `, waiters:${queue.length}`;
        expect(shown(event)).toBe(`Event [${isSet ? "set" : "unset"}${waiters}]`);
        expect(event.isSet()).toBe(isSet);
      }
      await calls.tick();
      expect(calls.trace).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 400 });
  });
});
