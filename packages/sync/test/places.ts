import { Barrier, Condition, Event, Lock, Semaphore, type WaitOptions } from "@aio/sync";
import { shown } from "./watched.ts";

/** A waiting call on a primitive created for it. */
export interface Place {
  wait(options?: WaitOptions): Promise<unknown>;
  /** Wake at least one waiter. */
  open(): void;
  /** The primitive's state. */
  shown(): string;
}

/** Each waiting call of the package, on a primitive that makes it wait and on one that does not. */
export const places: readonly {
  readonly name: string;
  /** How its error messages describe the wait. */
  readonly waited: string;
  readonly blocked: () => Place;
  readonly free: () => Place;
}[] = [
  {
    name: "Lock.acquire()",
    waited: "for the lock",
    blocked: () => atLock(true),
    free: () => atLock(false),
  },
  {
    name: "Lock.run()",
    waited: "for the lock",
    blocked: () => atLockRun(true),
    free: () => atLockRun(false),
  },
  {
    name: "Semaphore.acquire()",
    waited: "for a permit of the semaphore",
    blocked: () => atSemaphore(0),
    free: () => atSemaphore(1),
  },
  {
    name: "Semaphore.run()",
    waited: "for a permit of the semaphore",
    blocked: () => atSemaphoreRun(0),
    free: () => atSemaphoreRun(1),
  },
  {
    name: "Event.wait()",
    waited: "for the event",
    blocked: () => atEvent(false),
    free: () => atEvent(true),
  },
  {
    name: "Condition.acquire()",
    waited: "for the lock",
    blocked: () => atAcquire(true),
    free: () => atAcquire(false),
  },
  {
    name: "Condition.run()",
    waited: "for the lock",
    blocked: () => atConditionRun(true),
    free: () => atConditionRun(false),
  },
  { name: "Condition.wait()", waited: "on the condition", blocked: atCondition, free: atCondition },
  {
    name: "Condition.waitFor()",
    waited: "on the condition",
    blocked: () => atPredicate(false),
    free: () => atPredicate(true),
  },
  {
    name: "Barrier.wait()",
    waited: "at the barrier",
    blocked: () => atBarrier(4),
    free: () => atBarrier(1),
  },
];

function atLock(held: boolean): Place {
  const lock = new Lock();
  if (held) lock.tryAcquire();
  return {
    wait: (options) => lock.acquire(options),
    open() {
      if (lock.locked()) lock.release();
    },
    shown: () => shown(lock),
  };
}

function atLockRun(held: boolean): Place {
  const lock = new Lock();
  if (held) lock.tryAcquire();
  return {
    wait: (options) => lock.run(() => "done", options),
    open() {
      if (lock.locked()) lock.release();
    },
    shown: () => shown(lock),
  };
}

function atSemaphore(value: number): Place {
  const semaphore = new Semaphore(value);
  return {
    wait: (options) => semaphore.acquire(options),
    open: () => semaphore.release(),
    shown: () => shown(semaphore),
  };
}

function atSemaphoreRun(value: number): Place {
  const semaphore = new Semaphore(value);
  return {
    wait: (options) => semaphore.run(() => "done", options),
    open: () => semaphore.release(),
    shown: () => shown(semaphore),
  };
}

function atEvent(up: boolean): Place {
  const event = new Event();
  if (up) event.set();
  return {
    wait: (options) => event.wait(options),
    open: () => event.set(),
    shown: () => shown(event),
  };
}

function atAcquire(held: boolean): Place {
  const condition = new Condition();
  if (held) condition.tryAcquire();
  return {
    wait: (options) => condition.acquire(options),
    open() {
      if (condition.locked()) condition.release();
    },
    shown: () => shown(condition.lock),
  };
}

function atConditionRun(held: boolean): Place {
  const condition = new Condition();
  if (held) condition.tryAcquire();
  return {
    wait: (options) => condition.run(() => "done", options),
    open() {
      if (condition.locked()) condition.release();
    },
    shown: () => shown(condition.lock),
  };
}

function atCondition(): Place {
  const condition = new Condition();
  condition.tryAcquire();
  return {
    wait(options) {
      const guard = condition.tryAcquire();
      const waiting = condition.wait(options);
      // Does nothing once the wait has started, which released the lock and ended its guard.
      guard?.release();
      return waiting;
    },
    open() {
      condition.tryAcquire();
      condition.notify();
      condition.release();
    },
    shown: () => shown(condition),
  };
}

function atPredicate(ready: boolean): Place {
  const condition = new Condition();
  condition.tryAcquire();
  let open = ready;
  return {
    wait(options) {
      const guard = condition.tryAcquire();
      const waiting = condition.waitFor(() => open, options);
      guard?.release();
      return waiting;
    },
    open() {
      open = true;
      condition.tryAcquire();
      condition.notify();
      condition.release();
    },
    shown: () => shown(condition),
  };
}

function atBarrier(parties: number): Place {
  const barrier = new Barrier(parties);
  return {
    wait: (options) => barrier.wait(options),
    open() {
      do void barrier.wait();
      while (barrier.nWaiting > 0);
    },
    shown: () => shown(barrier),
  };
}
