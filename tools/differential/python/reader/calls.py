"""Two ways to run a coroutine: as an asyncio task, and step by step without the event loop."""

import asyncio


class TaskCall:
    """A task. It resumes in a later event-loop turn."""

    def __init__(self, coroutine, on_end):
        self.on_end = on_end
        self.task = asyncio.ensure_future(coroutine)
        self.task.add_done_callback(self.ended)

    def ended(self, task):
        if task.cancelled():
            self.on_end(asyncio.CancelledError(), None)
        else:
            self.on_end(task.exception(), None if task.exception() else task.result())

    def cancel(self):
        self.task.cancel()

    def hasten(self):
        pass


class DrivenCall:
    """A coroutine that starts at once, as a call in JavaScript does, and resumes at once.

    ROW: A task can be cancelled after what it waits for has arrived
    """

    def __init__(self, coroutine, on_end):
        self.on_end = on_end
        self.coroutine = coroutine
        self.waiting = None
        self.step()

    def step(self):
        try:
            self.waiting = self.coroutine.send(None)
        except StopIteration as stop:
            self.end(None, stop.value)
        except BaseException as error:
            self.end(error, None)
        else:
            self.waiting._asyncio_future_blocking = False

    def end(self, error, value):
        self.waiting = None
        self.on_end(error, value)

    def cancel(self):
        if self.waiting is not None:
            self.waiting.cancel()

    def hasten(self):
        while self.waiting is not None and self.waiting.done():
            self.step()
