"""The verbs of connection ends. src/connections/end-verbs.ts is the counterpart."""

import asyncio
import socket
import struct

from host import bytes_of, settled
from reading import Reading


class Ends(Reading):
    async def connect(world, name, limit=65536, trust="yes", host="localhost", tls="yes", path=None):
        options = {"limit": limit}
        if world.setting["over"] == "tls" and tls == "yes":
            options["ssl"] = world.client_tls(trust)
            options["server_hostname"] = host
        if world.setting["over"] == "unix":
            connecting = asyncio.open_unix_connection(world.path(path), **options)
        else:
            connecting = asyncio.open_connection("127.0.0.1", world.setting["port"], **options)
        world.ends[name] = await connecting

    async def accept(world, name):
        reader, writer, finish, task = await world.arrivals.get()
        world.ends[name] = reader, writer
        if finish is not None:
            world.handlers[name] = finish, task

    async def finish(world, name):
        world.handlers[name][0].set_result(None)
        await settled()

    async def fail(world, name):
        world.handlers[name][0].set_exception(RuntimeError("handler"))
        await settled()

    async def giveup(world, name):
        world.handlers[name][1].cancel()
        await settled()

    async def drainall(world, name):
        """Read to the end, and check that the other end's `fill` wrote exactly that."""
        data = await world.reader(name).read(-1)
        return len(data) == world.setting["filled"] and data.count(b"x") == len(data)

    # Writing

    async def write(world, name, *chunks):
        for chunk in chunks:
            world.ends[name][1].write(bytes_of(chunk))

    async def writelines(world, name, *chunks):
        world.ends[name][1].writelines([bytes_of(chunk) for chunk in chunks])

    async def writetext(world, name):
        world.ends[name][1].write(1)

    async def fill(world, name):
        """Write until drain() waits, and then more than the system can take."""
        writer, count = world.ends[name][1], 0
        while not writer._protocol._paused:
            writer.write(b"x" * 65536)
            count += 1
            await asyncio.sleep(0)
        writer.write(b"x" * 65536 * 64)
        count = (count + 64) * 65536
        world.told["filled"] = world.setting.get("filled", 0) + count

    async def drain(world, name):
        await world.ends[name][1].drain()

    async def flood(world, name):
        """Write and drain until a call fails."""
        while True:
            world.ends[name][1].write(b"x" * 65536)
            await world.ends[name][1].drain()

    async def eof(world, name):
        world.ends[name][1].write_eof()

    async def caneof(world, name):
        return world.ends[name][1].can_write_eof()

    # Ending

    async def close(world, name):
        world.ends[name][1].close()

    async def abort(world, name):
        world.ends[name][1].transport.abort()

    async def reset(world, name):
        """Reset the connection, as when a process crashes."""
        writer = world.ends[name][1]
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async def closed(world, name):
        await world.ends[name][1].wait_closed()

    async def isclosing(world, name):
        return world.ends[name][1].is_closing()

    async def hasinfo(world, name, key):
        return world.ends[name][1].get_extra_info(key) is not None

    async def starttls(world, name, trust="yes", host="localhost"):
        writer = world.ends[name][1]
        if name.startswith("peer"):
            await writer.start_tls(world.server_tls())
        else:
            await writer.start_tls(world.client_tls(trust), server_hostname=host)
