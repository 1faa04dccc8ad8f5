"""The scenarios of src/sync-*.bench.ts in CPython's asyncio.

The arguments are a scenario's name and its numbers. Each line on stdin requests a round; the answer is a
line with the nanoseconds per operation.
"""

import asyncio
import gc
import random
import sys
from time import process_time_ns

ENOUGH = 100_000_000


async def each(operations, batch):
    """Repeat a batch, which returns its nanoseconds, until the round is long enough."""
    elapsed = batches = 0
    while elapsed < ENOUGH:
        elapsed += await batch()
        batches += 1
    return elapsed / (batches * operations)


async def timed(work):
    start = process_time_ns()
    await work
    return process_time_ns() - start


async def uncontended(pairs):
    lock = asyncio.Lock()

    async def batch():
        for _ in range(pairs):
            await lock.acquire()
            lock.release()

    return await each(pairs, lambda: timed(batch()))


async def lock(tasks):
    lock = asyncio.Lock()

    async def task():
        async with lock:
            pass

    async def batch():
        async with lock:
            running = asyncio.gather(*(task() for _ in range(tasks)))
            # Unlike an async function in JavaScript, a task starts one turn later. Let them queue up.
            await asyncio.sleep(0)
        await running

    return await each(tasks, lambda: timed(batch()))


async def semaphore(tasks):
    semaphore = asyncio.Semaphore(8)

    async def task():
        async with semaphore:
            await asyncio.sleep(0)

    async def batch():
        await asyncio.gather(*(task() for _ in range(tasks)))

    return await each(tasks, lambda: timed(batch()))


async def event(waiters, wake_only=False):
    async def batch():
        start = process_time_ns()
        event = asyncio.Event()
        running = asyncio.gather(*(event.wait() for _ in range(waiters)))
        await asyncio.sleep(0)
        if wake_only:
            start = process_time_ns()
        event.set()
        await running
        return process_time_ns() - start

    return await each(waiters, batch)


async def condition(waiters, wake_only=False):
    async def task(condition):
        async with condition:
            await condition.wait()

    async def batch():
        start = process_time_ns()
        condition = asyncio.Condition()
        running = asyncio.gather(*(task(condition) for _ in range(waiters)))
        await asyncio.sleep(0)
        async with condition:
            if wake_only:
                start = process_time_ns()
            condition.notify_all()
        await running
        return process_time_ns() - start

    return await each(waiters, batch)


async def barrier(parties, rounds):
    barrier = asyncio.Barrier(parties)

    async def task():
        for _ in range(rounds):
            await barrier.wait()

    async def batch():
        await asyncio.gather(*(task() for _ in range(parties)))

    return await each(parties * rounds, lambda: timed(batch()))


async def cancel(length, cancels):
    async def batch():
        lock = asyncio.Lock()
        await lock.acquire()
        tasks = [asyncio.ensure_future(lock.acquire()) for _ in range(length)]
        await asyncio.sleep(0)
        leaving = random.Random(1).sample(tasks, cancels)
        start = process_time_ns()
        for task in leaving:
            task.cancel()
        await asyncio.wait(leaving)
        elapsed = process_time_ns() - start
        # In queue order, since deque.remove() searches from the head.
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return elapsed

    return await each(cancels, batch)


SCENARIOS = {
    "uncontended": uncontended,
    "lock": lock,
    "semaphore": semaphore,
    "event": event,
    "event-wake": lambda waiters: event(waiters, True),
    "condition": condition,
    "condition-wake": lambda waiters: condition(waiters, True),
    "barrier": barrier,
    "cancel": cancel,
}

name, *numbers = sys.argv[1:]
for _ in sys.stdin:
    gc.collect()
    print(asyncio.run(SCENARIOS[name](*map(int, numbers))), flush=True)
