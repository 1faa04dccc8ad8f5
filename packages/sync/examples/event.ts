// asyncio's example of Event: a task waits for a flag that is set a little later.
import { setTimeout as sleep } from "node:timers/promises";
import { Event } from "@aio/sync";

async function waiter(event: Event): Promise<void> {
  console.log("waiting for it ..."); // waiting for it ...
  await event.wait();
  console.log("... got it!"); // ... got it!
}

const event = new Event();
const waiting = waiter(event);
await sleep(100);
event.set();
await waiting;
