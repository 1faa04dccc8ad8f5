"""Wraps asyncio's Condition and coroutines so that they behave as those of @aio/sync."""

import asyncio

CANCELLED = "CancelledError"


class Condition(asyncio.Condition):
    """DEVIATION: a waiter that is cancelled before it is notified wakes no other waiter.

    asyncio cannot tell whether it was notified, and notifies another one to be safe.
    """

    explicit = False

    def _notify(self, n):
        if self.explicit:
            super()._notify(n)

    def notify(self, n=1):
        self.explicit = True
        try:
            super().notify(n)
        finally:
            self.explicit = False


class Call:
    """A coroutine that runs like a task, but starts at once, as a call in JavaScript does.

    A wait that has settled wins over a later cancellation.
    """

    def __init__(self, world, number, task, thing, name, make, signaled=True):
        self.world = world
        self.number = number
        self.task = task
        self.thing = thing
        self.name = name
        self.waiting = None
        self.signaled = signaled  # has a signal, so it can be cancelled
        self.aborted = False  # already cancelled: a signal aborts once
        self.doomed = False  # cancelled while queued for a condition's lock
        self.place = None
        self.coroutine = make(self)
        self.step()

    def step(self):
        self.waiting = None
        try:
            future = self.coroutine.send(None)
        except StopIteration as stop:
            self.end("ok", stop.value)
        except asyncio.CancelledError:
            self.end(CANCELLED)
        except Exception as error:
            self.end(type(error).__name__)
        else:
            future._asyncio_future_blocking = False
            self.waiting = future
            future.add_done_callback(self.wake)

    def wake(self, future):
        if self.waiting is future:
            self.step()

    def hasten(self):
        """Resume now; asyncio would resume in the next event-loop turn."""
        if self.waiting is not None and self.waiting.done():
            self.step()
            return True
        return False

    def end(self, outcome, value=None):
        self.world.ended(self, outcome, value)
