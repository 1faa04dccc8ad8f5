"""Run the steps of scenarios over asyncio: one numbered JSON document a line.

The steps of a scenario arrive one after another; different scenarios run concurrently.
"""

import asyncio
import contextvars
import errno
import hashlib
import json
import ssl
import sys
import traceback

world_now = contextvars.ContextVar("world", default=None)


async def settled():
    """Wait some event-loop turns, until everything that does not depend on the other side is done."""
    for _ in range(5):
        await asyncio.sleep(0)


async def until(holds):
    """Poll for a state. Without the sleep, the loop would starve the other side."""
    while not holds():
        await asyncio.sleep(0.001)


def bytes_of(argument):
    text, times = argument if isinstance(argument, list) else (argument, 1)
    return text.encode("latin1") * times


def shown(data):
    if len(data) <= 80:
        return data.decode("latin1")
    return f"{len(data)} bytes, {hashlib.sha1(data).hexdigest()[:8]}"


def failure(error):
    """The counterpart of failure() in src/scenarios/failure.ts."""
    name = type(error).__name__
    if isinstance(error, ValueError) and isinstance(
        error.__context__, asyncio.LimitOverrunError
    ):
        error = error.__context__  # readline() wraps it
        return ["LimitOverrunError", error.consumed]
    if isinstance(error, asyncio.IncompleteReadError):
        return [name, shown(error.partial), error.expected]
    if isinstance(error, asyncio.LimitOverrunError):
        return [name, error.consumed]
    if isinstance(error, (ValueError, TypeError)) and not isinstance(error, OSError):
        return ["argument"]
    if isinstance(error, ssl.SSLCertVerificationError):
        return ["certificate"]
    if isinstance(error, ssl.SSLError):
        return ["tls"]
    if isinstance(error, TimeoutError):
        return ["TimeoutError"]
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return ["ConnectionError"]
    if isinstance(error, ProcessLookupError):
        return ["ESRCH"]
    if isinstance(error, OSError) and error.errno is not None:
        return [errno.errorcode.get(error.errno, str(error.errno))]
    return [name]


class BaseWorld:
    """One run of a scenario on this side."""

    def __init__(self, setting):
        self.setting = setting
        self.told = {}  # added to the setting of later requests
        self.calls = {}

    async def perform(self, step):
        label, target, verb = step["label"], step["target"], step["verb"]
        if verb == "await":
            return await self.calls[target]
        if verb == "cancel":
            self.calls[target].inner.cancel()
            return ["ok"]
        if verb == "pending":
            await settled()
            return ["ok", not self.calls[target].done()]
        if verb == "end":
            return await self.end()
        inner = asyncio.ensure_future(self.call(step))
        outcome = asyncio.ensure_future(self.outcome(inner))
        outcome.inner = inner
        if label is None:
            return await outcome
        self.calls[label] = outcome
        await settled()
        return ["ok"]

    async def outcome(self, inner):
        try:
            value = await inner
        except asyncio.CancelledError:
            return ["CancelledError"]
        except Exception as error:
            return failure(error)
        if isinstance(value, (bytes, bytearray)):
            value = shown(value)
        if isinstance(value, (list, tuple)):
            return ["ok", *value]
        return ["ok"] if value is None else ["ok", value]

    def tasks(self):
        """The running tasks of this world."""
        mine = asyncio.current_task()
        return [
            task
            for task in asyncio.all_tasks()
            if task is not mine and task.get_context().get(world_now) is self
        ]

    async def give_up(self):
        """Cancel the calls that have not ended, and return their number."""
        await settled()
        left = [call for call in self.calls.values() if not call.done()]
        for call in left:
            call.inner.cancel()
        return len(left)


class Outcome(asyncio.Task):
    """A task that takes attributes, unlike the C implementation."""

    inner = None


async def serve(make_world):
    loop = asyncio.get_running_loop()
    loop.set_task_factory(
        lambda loop, coroutine, **options: Outcome(coroutine, loop=loop, **options)
    )
    loop.set_exception_handler(report)
    sys.unraisablehook = lambda _: None  # for writers that lose their connection in start_tls()
    requests = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(requests), sys.stdin
    )
    worlds = {}

    async def answer(number, request):
        name, step = request["world"], request["step"]
        if name not in worlds:
            worlds[name] = make_world(request["setting"])
        world = worlds[name]
        world_now.set(world)
        world.setting = request["setting"]
        try:
            outcome = await world.perform(step)
        except Exception:
            outcome = ["broken", traceback.format_exc()]
        if step["verb"] == "end":
            del worlds[name]
        reply = {"outcome": outcome, "setting": world.told}
        print(json.dumps([number, reply]), flush=True)

    tasks = set()
    async for line in requests:
        task = asyncio.ensure_future(answer(*json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def report(loop, context):
    world = world_now.get()
    if world is None or not world.reported(context):
        loop.default_exception_handler(context)
