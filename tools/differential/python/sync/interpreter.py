"""Run programs (one JSON document a line, see src/sync/program.ts) over asyncio; print their traces.

asyncio itself is unchanged. This file and calls.py wrap it to imitate what @aio/sync intentionally
does differently. Each place is marked DEVIATION, with the reason. Nothing else may differ.
"""

import asyncio
import json
import re
import sys
from itertools import count

from calls import Call, Condition


class World:
    """The primitives and the tasks of one program."""

    def __init__(self, program):
        self.loop = asyncio.get_running_loop()
        self.owned = program["together"]
        self.busy = {}
        self.held = []
        self.left = []  # calls that left a barrier in this operation
        self.events = []
        self.numbers = count()
        self.driving = False
        self.levels = {}
        self.arrivals = {}
        self.uneven = {}
        self.things = []
        self.lock_of = {}
        for index, (kind, argument) in enumerate(program["things"]):
            self.arrivals[index] = []
            self.uneven[index] = False
            self.levels[index] = 0
            self.lock_of[index] = argument if kind == "condition" else index
            self.things.append(
                asyncio.Lock() if kind == "lock"
                else Condition(self.things[argument]) if kind == "condition"
                else asyncio.Semaphore(argument) if kind == "semaphore"
                else asyncio.BoundedSemaphore(argument) if kind == "bounded"
                else asyncio.Event() if kind == "event"
                else asyncio.Barrier(argument)
            )

    async def run(self, batches):
        trace = []
        for batch in batches:
            self.events = []
            self.driving = True
            for task, name, index, number in batch:
                self.operate(task, name, index, number)
            self.driving = False
            while True:
                await asyncio.sleep(0)
                if not self.loop._ready:
                    break
            states = [re.search(r"\[.*\]", repr(thing))[0] for thing in self.things]
            trace.append({"events": self.events, "states": states})
        return trace

    def operate(self, task, name, index, number):
        thing = self.things[index]
        if name == "cancel":
            if task in self.busy:
                self.cancel(self.busy[task])
            return
        if task in self.busy:
            return
        if name in ("release", "notify", "notifyAll", "wait", "waitFor") and self.owned:
            # Operations come together, so only the holder of a primitive releases it. A second release
            # in one tick would find asyncio's lock free, but ours held by the next waiter.
            if isinstance(thing, (asyncio.Lock, asyncio.Semaphore, Condition)):
                if (task, self.lock_of[index]) not in self.held:
                    return
        self.signaled = number != 1
        if name == "acquire":
            self.call(task, index, name, lambda call: thing.acquire())
        elif name == "refused":
            # The signal has aborted: the call is cancelled before it starts, and changes nothing.
            self.call(task, index, name, self.refused)
        elif name == "wait" and isinstance(thing, Condition):
            self.call(task, index, name, lambda call: self.wait(call, thing))
        elif name == "waitFor":
            test = self.predicate(index, number)
            self.call(task, index, name, lambda call: self.wait_for(call, thing, test))
        elif name == "wait" and isinstance(thing, asyncio.Barrier):
            self.arrive(task, index, thing)
        elif name == "wait":
            self.call(task, index, name, lambda call: thing.wait())
        elif name == "put":
            self.levels[index] = number
        else:
            self.act(task, index, name, thing, number)

    def act(self, task, index, name, thing, number):
        try:
            if name == "release":
                thing.release()
                if self.owned:
                    self.held.remove((task, self.lock_of[index]))
            elif name == "notify":
                thing.notify(number)
            elif name == "notifyAll":
                thing.notify_all()
            elif name == "set":
                thing.set()
            elif name == "clear":
                thing.clear()
            elif name in ("reset", "abort"):
                coroutine = thing.reset() if name == "reset" else thing.abort()
                Call(self, -1, None, index, name, lambda call: coroutine)
                self.arrivals[index] = []
                self.uneven[index] = False
        except (RuntimeError, ValueError) as error:
            self.events.append([index, -1, f"{task} {name} {type(error).__name__}"])
        if isinstance(thing, Condition):
            self.morph(thing)
        elif isinstance(thing, asyncio.Barrier):
            self.drain(index)

    def call(self, task, index, name, make):
        self.busy[task] = None
        call = Call(self, next(self.numbers), task, index, name, make, self.signaled)
        if self.busy.get(task, call) is None:
            self.busy[task] = call
        return call

    def ended(self, call, outcome, value):
        if call.task is None:
            return
        if outcome == "ok" and call.name == "acquire":
            self.held.append((call.task, self.lock_of[call.thing]))
        at_barrier = isinstance(self.things[call.thing], asyncio.Barrier)
        if self.driving and at_barrier and call.name == "wait":
            self.left.append((call, outcome, value))
        elif self.driving:
            # A call that need not wait is seen one hop later, after the waiters that were woken
            # before: awaiting a settled promise also takes one hop.
            self.loop.call_soon(self.report, call, outcome, value)
        else:
            self.report(call, outcome, value)

    def report(self, call, outcome, value):
        if isinstance(self.things[call.thing], asyncio.Barrier) and outcome == "ok":
            outcome = f"place {value if call.place is None else call.place}"
        del self.busy[call.task]
        self.events.append([call.thing, call.number, f"{call.task} {call.name} {outcome}"])

    async def refused(self, call):
        raise asyncio.CancelledError

    async def wait(self, call, condition):
        await condition.wait()
        if call.doomed:
            raise asyncio.CancelledError

    async def wait_for(self, call, condition, test):
        def predicate():
            if call.doomed:
                raise asyncio.CancelledError
            holds = test()
            self.events.append([call.thing, call.number, f"{call.task} predicate {holds}"])
            # Aborted after it got the lock: the predicate decides, or else the next wait rejects.
            if not holds and call.aborted:
                raise asyncio.CancelledError
            return holds

        await condition.wait_for(predicate)

    def predicate(self, index, number):
        return lambda: self.levels[index] >= number

    def arrive(self, task, index, barrier):
        """DEVIATION: a place is the position among the callers that pass together.

        asyncio counts the waiters on arrival: after a cancellation, two may get the same place.
        """
        broken = barrier.broken
        if not broken:
            self.arrivals[index].append(None)
        call = self.call(task, index, "wait", lambda call: barrier.wait())
        if not broken:
            arrivals = self.arrivals[index]
            arrivals[-1] = call
            if len(arrivals) == barrier.parties:
                if self.uneven[index]:
                    for place, arrived in enumerate(arrivals):
                        arrived.place = place
                self.arrivals[index] = []
                self.uneven[index] = False
        self.drain(index)

    def cancel(self, call):
        if call is None or call.aborted or not call.signaled:
            return
        thing = self.things[call.thing]
        call.aborted = True
        if call.waiting is None or call.waiting.done():
            return  # a settled wait wins
        if isinstance(thing, asyncio.Semaphore):
            # DEVIATION: a free permit is handed over at once. In asyncio, a call that arrives while
            # waiters are about to wake queues behind them, even if a permit is free.
            pending = [future for future in thing._waiters if not future.done()]
            if pending.index(call.waiting) < thing._value:
                return
        sleeper = isinstance(thing, Condition) and call.name != "acquire"
        if sleeper and call.waiting not in thing._waiters:
            # DEVIATION: a waiter that is cancelled while queued for the lock keeps its place in that
            # queue, and passes its notification on at once. asyncio moves it to the end of the
            # queue, and passes the notification on once it has the lock.
            call.doomed = True
            for future in thing._waiters:
                if not future.done():
                    future.set_result(False)
                    break
            self.morph(thing)
            return
        # DEVIATION: an abort takes effect at once. asyncio's waiter stays in the queue until it runs; a
        # lock released meanwhile goes to the next waiter only then, which can still be cancelled.
        call.waiting.cancel()
        call.hasten()
        if isinstance(thing, asyncio.Barrier):
            self.arrivals[call.thing].remove(call)
            self.uneven[call.thing] = bool(self.arrivals[call.thing])
            self.drain(call.thing)

    def morph(self, condition):
        """DEVIATION: a waiter that is notified or cancelled queues for the lock at once."""
        for future in list(condition._waiters):
            for call in list(self.busy.values()):
                if call is not None and call.waiting is future:
                    call.hasten()

    def drain(self, index):
        """DEVIATION: a waiter that passes a barrier, or is rejected, leaves it at once."""
        completing = self.left[:]  # the caller that did not wait resumes after those it woke
        while any([call.hasten() for call in self.calls_at(index)]):
            pass
        for left in self.left[len(completing):] + completing:
            self.loop.call_soon(self.report, *left)
        self.left = []

    def calls_at(self, index):
        return [call for call in self.busy.values() if call is not None and call.thing == index]


async def main():
    # Calls that a program leaves waiting are destroyed with it, possibly inside a `finally`.
    sys.unraisablehook = lambda _: None
    for line in sys.stdin:
        number, program = json.loads(line)
        print(json.dumps([number, await World(program).run(program["batches"])]), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
