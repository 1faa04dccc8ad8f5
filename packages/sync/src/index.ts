export { isCancelled, isTimeout, setDebug } from "@aio/errors";

export { Barrier } from "./barrier.ts";
export { BoundedSemaphore } from "./bounded-semaphore.ts";
export { Condition } from "./condition.ts";
export { Event } from "./event.ts";
export { Lock } from "./lock.ts";
export { Semaphore } from "./semaphore.ts";

export type { WaitOptions } from "@aio/errors";
export type { ImmediateAnswer, Truthy } from "./condition.ts";
export type { Guard } from "./guard.ts";

export { BrokenBarrierError, CancelledError, RuntimeError, TimeoutError } from "@aio/errors";
