// Several collections of the young generation fall into a round of this length, whatever they find
// alive: in a shorter one it is chance whether one does, and each is a tenth of the round.
const enoughNanoseconds = 100_000_000;

// The processor time of all threads, and not the clock on the wall: what is measured here waits for
// nothing but the processor, which other programs use too, and collecting garbage is part of it.
function nanosecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
}

/**
 * Nanoseconds that one of `operations` takes when `batch` does that many. The batch is repeated
 * until there is enough to measure.
 */
export async function nanosecondsEach(operations: number, batch: () => unknown): Promise<number> {
  let batches = 0;
  const start = process.cpuUsage();
  let elapsed = 0;
  do {
    await batch();
    batches += 1;
    elapsed = nanosecondsSince(start);
  } while (elapsed < enoughNanoseconds);
  return elapsed / (batches * operations);
}

/**
 * The same for work that needs something set up which does not count: `prepare` does that, and
 * returns the batch.
 */
export async function nanosecondsEachAfter(
  operations: number,
  prepare: () => (() => unknown) | Promise<() => unknown>,
): Promise<number> {
  let batches = 0;
  let elapsed = 0;
  do {
    const batch = await prepare();
    const start = process.cpuUsage();
    await batch();
    elapsed += nanosecondsSince(start);
    batches += 1;
  } while (elapsed < enoughNanoseconds);
  return elapsed / (batches * operations);
}

/** Bytes of heap that each of `count` things keeps, `make` making one. */
export function bytesEach(count: number, make: () => unknown): number {
  const before = heapInUse();
  for (let made = 0; made < count; made += 1) make();
  const bytes = (heapInUse() - before) / count;
  // One more, so that what keeps the others is still in use above.
  make();
  return bytes;
}

function heapInUse(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("Cannot measure the heap: node runs without --expose-gc");
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** Run `task` that many times at once, and wait for all. */
export async function together(count: number, task: () => Promise<unknown>): Promise<void> {
  const running: Promise<unknown>[] = [];
  for (let started = 0; started < count; started += 1) running.push(task());
  await Promise.all(running);
}
