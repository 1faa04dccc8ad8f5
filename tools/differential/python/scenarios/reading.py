"""The verbs of readers. src/scenarios/reading-verbs.ts is the counterpart."""

from host import bytes_of, until


class Reading:
    async def read(world, name, size=-1, source=None):
        return await world.reader(name, source).read(size)

    async def readexactly(world, name, size, source=None):
        return await world.reader(name, source).readexactly(size)

    async def readline(world, name, source=None):
        return await world.reader(name, source).readline()

    async def readuntil(world, name, *separators, source=None):
        separators = tuple(map(bytes_of, separators))
        only = separators if len(separators) > 1 else separators[0]
        return await world.reader(name, source).readuntil(only)

    async def lines(world, name, count, source=None):
        lines = []
        async for line in world.reader(name, source):
            lines.append(line.decode("latin1"))
            if len(lines) == count:
                break
        return lines

    async def ateof(world, name, source=None):
        return world.reader(name, source).at_eof()

    async def hasexception(world, name, source=None):
        return world.reader(name, source).exception() is not None

    async def has(world, name, size, source=None):
        """Wait until at least `size` bytes are buffered."""
        await until(lambda: len(world.reader(name, source)._buffer) >= size)

    async def hasended(world, name, source=None):
        """Wait until end of input or an error has arrived, even if bytes are unread."""
        reader = world.reader(name, source)
        await until(lambda: reader._eof or reader.exception() is not None)

    async def ispaused(world, name, source=None):
        return world.reader(name, source)._paused

    async def stuck(world, name, source=None):
        """Wait until the reader has paused its source."""
        await until(lambda: world.reader(name, source)._paused)
