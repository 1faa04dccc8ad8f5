"""Run programs (one JSON document a line, see src/reader/program.ts) over asyncio's StreamReader."""

import asyncio
import json
import sys

from calls import DrivenCall, TaskCall
from deviations import NAMES, NOT_CANCELLED, Reader


class Source:
    """A source that refuses to be paused twice."""

    is_paused = False

    def pause_reading(self):
        assert not self.is_paused
        self.is_paused = True

    def resume_reading(self):
        assert self.is_paused
        self.is_paused = False


class World:
    def __init__(self, program):
        self.loop = asyncio.get_running_loop()
        self.in_tasks = program["mode"] == "tasks"
        self.source = Source()
        self.reader = Reader(limit=program["limit"], loop=self.loop)
        self.reader.set_transport(self.source)
        self.stored = OSError("stored")
        self.waiting = None  # the waiting call
        self.waiting_name = None
        self.begun = 0
        self.outcomes = []

    async def run(self, operations):
        trace = []
        for operation in operations:
            await self.operate(*operation)
            shown = []
            if operation[0] == "settle" or self.in_tasks:
                shown, self.outcomes = self.outcomes, []
            trace.append([shown, self.state()])
        rest = self.rest()
        await self.operate("cancel")
        trace.append([self.outcomes[:], rest])
        if self.waiting is not None:
            self.waiting.cancel()
            await self.progress()
        return trace

    async def operate(self, name, *arguments):
        reader = self.reader
        was_paused = reader._paused
        waited = self.waiting
        if name == "feed":
            self.act(name, lambda: reader.feed_data(arguments[0].encode("latin1")))
        elif name == "eof":
            reader.feed_eof()
        elif name == "error":
            reader.set_exception(self.stored)
        elif name == "cancel":
            if waited is not None and self.waiting_name[1] not in NOT_CANCELLED:
                waited.cancel()
        elif name == "call":
            if reader.collected is not None:
                reader.contest()
                await self.progress()
            before = len(reader._buffer)
            await self.call(*arguments)
            if self.waiting is waited and waited and len(reader._buffer) < before:
                if self.waiting_name[1] in ("readuntil", "readline", "next"):
                    reader.contest()
        await self.progress()
        if (name == "cancel" and waited is not None) or (name == "feed" and arguments[0]):
            reader.reconsider_pause(was_paused)

    async def progress(self):
        """Wait until nothing can make progress."""
        if not self.in_tasks:
            if self.waiting is not None:
                self.waiting.hasten()
            return
        while True:
            await asyncio.sleep(0)
            if not self.loop._ready:
                return

    def act(self, name, action):
        try:
            action()
        except Exception as error:
            self.outcomes.append([-1, name, *self.failure(error)])

    async def call(self, what, how):
        number = self.begun
        self.begun += 1
        name = what[0]
        if how == "nowait" and name == "next":
            what = ["readline"]
        coroutine = self.coroutine(*what)
        if how == "nowait":
            coroutine = self.nowait(coroutine, what)

        def end(error, value):
            if self.waiting_name == (number, name):
                self.waiting = self.waiting_name = None
            outcome = ["ok", *self.shown(value)] if error is None else self.failure(error)
            self.outcomes.append([number, name, *outcome])

        if how == "refused" and not self.in_tasks:
            # A task that is cancelled before its first step never runs.
            coroutine.close()
            end(asyncio.CancelledError(), None)
            return
        ended_before = len(self.outcomes)
        call = (TaskCall if self.in_tasks else DrivenCall)(coroutine, end)
        if how == "refused":
            call.cancel()
        await self.progress()
        if len(self.outcomes) == ended_before:
            self.waiting, self.waiting_name = call, (number, name)

    def coroutine(self, name, argument=None):
        reader = self.reader
        if name == "readuntil":
            separators = [separator.encode("latin1") for separator in argument]
            return reader.readuntil(separators[0] if len(separators) == 1 else tuple(separators))
        if name == "next":
            return reader.__anext__()
        return getattr(reader, name)() if argument is None else getattr(reader, name)(argument)

    async def nowait(self, coroutine, what):
        return self.reader.nowait(coroutine, takes_all=what[0] == "read" and what[1] < 0)

    def shown(self, value):
        return [] if value is None else [value.decode("latin1")]

    def failure(self, error):
        if error is self.stored:
            return ["stored error"]
        name = type(error).__name__
        if isinstance(error, StopAsyncIteration):
            return ["ok", "end"]
        if isinstance(error, asyncio.IncompleteReadError):
            return [name, error.partial.decode("latin1"), error.expected]
        if isinstance(error, asyncio.LimitOverrunError):
            state = "found" if str(error).startswith("Separator is found") else "not found"
            return [name, state, error.consumed]
        return [NAMES.get(name, name)]

    def state(self):
        reader = self.reader
        collected = sum(map(len, reader.collected or []))
        assert reader._paused == self.source.is_paused
        return [
            len(reader._buffer) + collected,
            reader.at_eof(),
            reader.exception() is not None,
            # At end of input, nothing is left to pause.
            reader._paused and not reader._eof,
            self.waiting_name is not None,
        ]

    def rest(self):
        return (b"".join(self.reader.collected or []) + self.reader._buffer).decode("latin1")


async def main():
    for line in sys.stdin:
        number, program = json.loads(line)
        print(json.dumps([number, await World(program).run(program["operations"])]), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
