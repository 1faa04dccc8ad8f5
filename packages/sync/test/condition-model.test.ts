import { Condition, type Guard } from "@aio/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outcomes, Signals, extract, schedules } from "./schedules.ts";
import { shown } from "./watched.ts";

interface Waiting {
  readonly call: number;
  signal: number | undefined;
  /** The acquisition that holds the lock after the call: its own, or a sleeper's. */
  readonly holds: number;
  aborted?: true;
}

describe("Condition", () => {
  test("behaves like a model of a holder and two arrays under random sequences of calls", async () => {
    const steps = schedules(
      ...(["acquire", "acquire", "release", "guard", "wait", "wait"] as const),
      ...(["notify", "notifyAll", "abort", "tick"] as const),
    );
    const property = fc.asyncProperty(steps, async (schedule) => {
      const condition = new Condition();
      const signals = new Signals();
      const calls = new Outcomes<Guard | true>();
      const expected: string[] = [];
      const sleepers: Waiting[] = [];
      const queue: Waiting[] = [];
      let holder: number | undefined;
      const take = ({ call, holds, aborted }: Waiting): void => {
        holder = holds;
        expected.push(`${call} ${aborted ? "AbortError" : "passes"}`);
      };
      const queueUp = (waiting: Waiting): void => {
        if (holder === undefined) take(waiting);
        else queue.push(waiting);
      };
      const passOn = (): void => {
        holder = undefined;
        const next = queue.shift();
        if (next !== undefined) take(next);
      };
      const notify = (n: number): void => sleepers.splice(0, n).forEach(queueUp);

      for (const { name, number, signal } of schedule) {
        const call = calls.next;
        const options = signals.options(signal);
        if (name === "acquire") {
          queueUp({ call, signal, holds: call });
          calls.note(condition.acquire(options));
        } else if (name === "release") {
          if (holder === undefined) expect(() => condition.release()).toThrow("not held");
          else {
            passOn();
            condition.release();
          }
        } else if (name === "guard") {
          const guard = calls.values.get(number);
          if (guard === undefined || guard === true) continue;
          if (holder === number) passOn();
          guard.release();
        } else if (name === "wait") {
          if (holder === undefined) expected.push(`${call} RuntimeError`);
          else {
            sleepers.push({ call, signal, holds: holder });
            passOn();
          }
          calls.note(condition.wait(options));
        } else if (name === "notify" || name === "notifyAll") {
          const n = name === "notify" ? number % 4 : Infinity;
          const act = (): void => (name === "notify" ? condition.notify(n) : condition.notifyAll());
          if (holder === undefined) expect(act).toThrow("not held");
          else {
            notify(n);
            act();
          }
        } else if (name === "abort") {
          const told = [...sleepers, ...queue].filter((waiting) => waiting.signal === number % 3);
          for (const waiting of told.toSorted((a, b) => a.call - b.call)) {
            waiting.signal = undefined;
            const wasAsleep = extract(sleepers, (sleeper) => sleeper === waiting).length > 0;
            if (waiting.holds === waiting.call) {
              extract(queue, (queued) => queued === waiting);
              expected.push(`${waiting.call} AbortError`);
              continue;
            }
            waiting.aborted = true;
            if (wasAsleep) queueUp(waiting);
            else if (queue.includes(waiting)) notify(1);
          }
          signals.abort(number);
        } else {
          await calls.tick();
          expect(calls.trace).toEqual(expected);
        }
        const waiters = sleepers.length === 0 ? "" : `, waiters:${sleepers.length}`;
        const state = holder === undefined ? "unlocked" : "locked";
        expect(shown(condition)).toBe(`Condition [${state}${waiters}]`);
        const queued = queue.length === 0 ? "" : `, waiters:${queue.length}`;
        expect(shown(condition.lock)).toBe(`Lock [${state}${queued}]`);
      }
      await calls.tick();
      expect(calls.trace).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 600 });
  });
});
