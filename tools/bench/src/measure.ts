// Long enough for a round to contain several collections of the young generation. In a shorter round,
// whether one happens is chance, and it takes a tenth of the time.
const enoughNanoseconds = 100_000_000;

// The processor time of all threads, garbage collection included, instead of wall-clock time: these
// rounds wait only for the processor, which other programs use, too.
function nanosecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
}

// Batches of the same size make every collection happen at the same point of a batch: with all waiters
// alive, say, or with none. The size of a single object decides which point that is, and the time
// changes by up to a third with it. Garbage of a random size between batches spreads the points.
const mostGarbage = 500_000;
const garbage: unknown[] = [];

function shiftCollections(): void {
  for (let left = Math.random() * mostGarbage; left > 0; left -= 1) garbage[0] = [left];
}

/**
 * Nanoseconds per operation of `batch`, which performs `operations` of them. The batch is repeated until
 * the round is long enough.
 */
export function nanosecondsEach(operations: number, batch: () => unknown): Promise<number> {
  return nanosecondsEachAfter(operations, () => batch);
}

/**
 * The same for work with a setup that does not count: `prepare` does the setup, and returns the batch.
 */
export async function nanosecondsEachAfter(
  operations: number,
  prepare: () => (() => unknown) | Promise<() => unknown>,
): Promise<number> {
  let batches = 0;
  let elapsed = 0;
  do {
    // Shorter batches create too little for it to matter.
    if (elapsed >= batches * 1_000_000) shiftCollections();
    const batch = await prepare();
    const start = process.cpuUsage();
    await batch();
    elapsed += nanosecondsSince(start);
    batches += 1;
  } while (elapsed < enoughNanoseconds);
  return elapsed / (batches * operations);
}

/** The heap in bytes of each of `count` objects that `make` creates. */
export function bytesEach(count: number, make: () => unknown): number {
  const before = heapInUse();
  for (let made = 0; made < count; made += 1) make();
  const bytes = (heapInUse() - before) / count;
  // One more call keeps everything that `make` refers to alive until here.
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

/** Run `task` `count` times concurrently, and wait for all. */
export async function together(count: number, task: () => Promise<unknown>): Promise<void> {
  const running: Promise<unknown>[] = [];
  for (let started = 0; started < count; started += 1) running.push(task());
  await Promise.all(running);
}
