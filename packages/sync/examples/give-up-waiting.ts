// A cancelled wait changes nothing, and the other waits continue.
import { setTimeout as sleep } from "node:timers/promises";
import { Lock, TimeoutError } from "@aio/sync";

const lock = new Lock();

async function work(name: string, patience: number): Promise<void> {
  try {
    await lock.run(() => sleep(50), { signal: AbortSignal.timeout(patience) });
    console.log(`${name} is done`);
    // first is done
    // third is done
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log(`${name} has given up`); // second has given up
  }
}

await Promise.all([work("first", 1_000), work("second", 10), work("third", 1_000)]);
console.log(lock); // Lock [unlocked]
