import { Effect, Fiber, Latch, Semaphore } from "effect";
import { nanosecondsEach, nanosecondsEachAfter } from "./measure.ts";

// Effect is fastest if a whole program is one effect that runs once, so it does here: tasks are fibers, and
// the only promise is that of the whole program. Loaded on demand, since loading takes longer than most
// rounds.

/** Acquire and release the only permit, again and again. */
export function uncontended(pairs: number): Promise<number> {
  const semaphore = Semaphore.makeUnsafe(1);
  const pair = semaphore.withPermits(1)(Effect.void);
  const all = Effect.gen(function* () {
    for (let n = 0; n < pairs; n += 1) yield* pair;
  });
  return nanosecondsEach(pairs, () => Effect.runPromise(all));
}

/** Fibers that share `permits`. */
export function crowd(permits: number, tasks: number, awaits = false): Promise<number> {
  const semaphore = Semaphore.makeUnsafe(permits);
  const task = semaphore.withPermits(1)(awaits ? Effect.yieldNow : Effect.void);
  return nanosecondsEach(tasks, () =>
    Effect.runPromise(
      Effect.all(
        Array.from({ length: tasks }, () => task),
        { concurrency: "unbounded", discard: true },
      ),
    ),
  );
}

/** Fibers that wait for a latch. */
export function latch(waiters: number, wakeOnly: boolean): Promise<number> {
  const wait = async (): Promise<() => unknown> => {
    const gate = Latch.makeUnsafe();
    const all = Effect.runFork(
      Effect.all(
        Array.from({ length: waiters }, () => gate.await),
        { concurrency: "unbounded", discard: true },
      ),
    );
    await new Promise(setImmediate);
    return () => {
      gate.openUnsafe();
      return Effect.runPromise(Fiber.join(all));
    };
  };
  return wakeOnly
    ? nanosecondsEachAfter(waiters, wait)
    : nanosecondsEach(waiters, async () => (await wait())());
}
