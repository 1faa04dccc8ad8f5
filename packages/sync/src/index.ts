/// <reference lib="esnext.disposable" preserve="true" />
export { Barrier } from "./barrier.ts";
export { BoundedSemaphore } from "./bounded-semaphore.ts";
export { Condition } from "./condition.ts";
export { Event } from "./event.ts";
export { type Guard } from "./guard.ts";
export { Lock } from "./lock.ts";
export { Semaphore } from "./semaphore.ts";
export {
  BrokenBarrierError,
  CancelledError,
  RuntimeError,
  TimeoutError,
  type WaitOptions,
} from "@aio/errors";
