import { Barrier } from "@aio/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outcomes, Signals, extract, schedules } from "./schedules.ts";
import { shown } from "./watched.ts";

describe("Barrier", () => {
  test("behaves like an array model under random sequences of calls", async () => {
    const steps = schedules("wait", "wait", "wait", "wait", "reset", "break", "abort", "tick");
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      steps,
      async (parties, schedule) => {
        const barrier = new Barrier(parties);
        const signals = new Signals();
        const calls = new Outcomes<number>();
        const expected: string[] = [];
        const places = new Map<number, number>();
        const filling: { call: number; signal: number | undefined }[] = [];
        let isBroken = false;
        // A rejected waiter resumes some microtasks after one that passes, so order is compared tick by tick.
        const compare = async (): Promise<void> => {
          await calls.tick();
          expect(calls.trace.splice(0).toSorted(byCall)).toEqual(
            expected.splice(0).toSorted(byCall),
          );
          expect(calls.values).toEqual(places);
        };
        const sendAway = (): void => {
          for (const { call } of filling.splice(0)) expected.push(`${call} BrokenBarrierError`);
        };

        for (const { name, number, signal } of schedule) {
          const call = calls.next;
          if (name === "wait") {
            if (isBroken) expected.push(`${call} BrokenBarrierError`);
            else filling.push({ call, signal });
            if (filling.length === parties) {
              filling.splice(0).forEach((waiting, place) => {
                expected.push(`${waiting.call} passes`);
                places.set(waiting.call, place);
              });
            }
            calls.note(barrier.wait(signals.options(signal)));
          } else if (name === "reset") {
            isBroken = false;
            sendAway();
            barrier.reset();
          } else if (name === "break") {
            isBroken = true;
            sendAway();
            barrier.abort();
          } else if (name === "abort") {
            const aborted = extract(filling, (waiting) => waiting.signal === number % 3);
            for (const waiting of aborted) expected.push(`${waiting.call} AbortError`);
            signals.abort(number);
          } else {
            await compare();
          }
          const state = isBroken ? "broken" : `filling, waiters:${filling.length}/${parties}`;
          expect(shown(barrier)).toBe(`Barrier [${state}]`);
          expect([barrier.nWaiting, barrier.broken]).toEqual([filling.length, isBroken]);
        }
        await compare();
      },
    );
    await fc.assert(property, { numRuns: 400 });
  });
});

const byCall = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10);
