// Clean up after a cancelled wait, then rethrow: asyncio's example of Task.cancel().
import { setTimeout as sleep } from "node:timers/promises";
import { isCancelled } from "@aio/errors";

async function cancelMe(signal: AbortSignal): Promise<void> {
  console.log("cancelMe(): before sleep"); // cancelMe(): before sleep
  try {
    await sleep(3_600_000, undefined, { signal });
  } catch (error) {
    if (isCancelled(error)) console.log("cancelMe(): cancel sleep"); // cancelMe(): cancel sleep
    throw error;
  } finally {
    console.log("cancelMe(): after sleep"); // cancelMe(): after sleep
  }
}

const controller = new AbortController();
const task = cancelMe(controller.signal);
await sleep(10);
controller.abort();
try {
  await task;
} catch (error) {
  if (!isCancelled(error)) throw error;
  console.log("main(): cancelMe is cancelled now"); // main(): cancelMe is cancelled now
}
