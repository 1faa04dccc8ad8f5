"""All intended differences between the readers of @aio/streams and asyncio.

Each begins with ROW and words of its row in the README of @aio/streams, where a test looks for them.
"""

import asyncio


# ROW: `ValueError`
# ROW: `feed_data()` after `feed_eof()`
NAMES = {
    "ValueError": "RangeError",
    "AssertionError": "Error",
}

# ROW: `async for line in reader`
#
# The iterator over bytes does not take a signal; `lines({ signal })` does.
NOT_CANCELLED = {"next"}


class Contested(Exception):
    """Wakes a waiting call, which then checks the buffer again."""


class WouldWait(Exception):
    pass


class Reader(asyncio.StreamReader):
    collected = None  # the blocks read by a waiting read(-1)
    is_waiting_allowed = True

    # ROW: A cancelled `read(-1)` loses what it had collected
    #
    # The collected blocks go back to the buffer when it fails, or when another call starts.
    async def read(self, n=-1):
        if n >= 0:
            block = await super().read(n)
            if self.collected is not None:
                self.collected.append(block)
            return block
        if self._exception is not None:
            raise self._exception
        self.collected = []
        try:
            return await super().read(n)
        except Contested:
            self.put_back()
        except BaseException:
            self.put_back()
            raise
        finally:
            self.collected = None
        while not self._eof:
            await self._wait_for_data("read")
        everything = bytes(self._buffer)
        self._buffer.clear()
        self._maybe_resume_transport()
        return everything

    def put_back(self):
        self._buffer[:0] = b"".join(self.collected)

    # ROW: `readline()` raises `ValueError` for a line that is too long
    async def readline(self):
        try:
            return await super().readline()
        except ValueError as error:
            raise error.__context__

    # ROW: A waiting `readuntil()` searches on from where it was
    #
    # It searches from the start again after another call has taken bytes.
    async def readuntil(self, separator=b"\n"):
        while True:
            try:
                return await super().readuntil(separator)
            except Contested:
                pass

    def contest(self):
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Contested())

    # ROW: The source is paused by what arrives
    #
    # Ours is paused by what remains after the waiting call takes its bytes or is aborted.
    def reconsider_pause(self, was_paused):
        if self._waiter is not None:
            return
        is_full = len(self._buffer) > 2 * self._limit
        if is_full and not self._paused:
            self._transport.pause_reading()
            self._paused = True
        elif self._paused and not was_paused and not is_full:
            self._transport.resume_reading()
            self._paused = False

    # ROW: `readNowait`
    #
    # The result of the waiting call if it need not wait. A stored error comes after the bytes.
    def nowait(self, coroutine, takes_all):
        error, eof, was_paused = self._exception, self._eof, self._paused
        self._exception = None
        self._eof = eof and error is None
        self.is_waiting_allowed = False
        try:
            if takes_all and error is not None and self._buffer:
                self._eof = True
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value
        except WouldWait:
            if was_paused and not self._paused:
                self._transport.pause_reading()
                self._paused = True
            if error is not None:
                raise error
            return None
        finally:
            coroutine.close()
            self.is_waiting_allowed = True
            self._exception, self._eof = error, eof

    async def _wait_for_data(self, func_name):
        if not self.is_waiting_allowed:
            raise WouldWait
        await super()._wait_for_data(func_name)
