"""What stands between the programs and asyncio: a condition and a call as @aio/sync has them."""

import asyncio

CANCELLED = "CancelledError"


class Condition(asyncio.Condition):
    """DEVIATION: a waiter that is cancelled before it was notified wakes no other waiter.

    asyncio does not know whether it was, and notifies another one to be safe.
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
    """A coroutine that is driven like a task, but from its first step on (as a call in JavaScript
    is), and for which a settled wait wins over a cancellation that comes after it."""

    def __init__(self, world, number, task, thing, name, make, signaled=True):
        self.world = world
        self.number = number
        self.task = task
        self.thing = thing
        self.name = name
        self.waiting = None
        self.signaled = signaled  # can be cancelled at all
        self.aborted = False  # cancelled already: a signal aborts once
        self.doomed = False  # cancelled while it queued for the lock of a condition
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
        """Go on now, where asyncio would in the loop's next turn."""
        if self.waiting is not None and self.waiting.done():
            self.step()
            return True
        return False

    def end(self, outcome, value=None):
        self.world.ended(self, outcome, value)
