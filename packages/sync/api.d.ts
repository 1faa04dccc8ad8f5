/// <reference lib="esnext.disposable" />
import { WaitOptions } from "@aio/errors";
declare class Barrier {
    constructor(parties: number);
    wait(options?: WaitOptions): Promise<number>;
    reset(): void;
    abort(): void;
    get parties(): number;
    get nWaiting(): number;
    get broken(): boolean;
}
declare class BoundedSemaphore extends Semaphore {
    constructor(value?: number);
    release(): void;
}
declare class Condition {
    readonly lock: Lock;
    constructor(lock?: Lock | null);
    acquire(options?: WaitOptions): Promise<Guard>;
    tryAcquire(): Guard | null;
    release(): void;
    locked(): boolean;
    run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T>;
    wait(options?: WaitOptions): Promise<true>;
    waitFor<T>(predicate: (() => T) & ImmediateAnswer<T>, options?: WaitOptions): Promise<Truthy<T>>;
    notify(n?: number): void;
    notifyAll(): void;
}
declare class Event {
    isSet(): boolean;
    set(): void;
    clear(): void;
    wait(options?: WaitOptions): Promise<true>;
}
interface Guard extends Disposable {
    release(): void;
}
type ImmediateAnswer<T> = 0 extends 1 & T ? unknown : [
    Extract<T, PromiseLike<unknown>>
] extends [
    never
] ? unknown : never;
declare class Lock {
    acquire(options?: WaitOptions): Promise<Guard>;
    tryAcquire(): Guard | null;
    release(): void;
    locked(): boolean;
    run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T>;
}
declare class Semaphore {
    constructor(value?: number);
    acquire(options?: WaitOptions): Promise<Guard>;
    tryAcquire(): Guard | null;
    release(): void;
    locked(): boolean;
    run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T>;
}
type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined | 0n>;
export { BrokenBarrierError, CancelledError, RuntimeError, TimeoutError, type WaitOptions, isCancelled, isTimeout, setDebug } from "@aio/errors";
export { Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore };
export type { Guard, ImmediateAnswer, Truthy };
