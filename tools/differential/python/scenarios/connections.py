"""The verbs of connection scenarios over asyncio; src/connections/ has the same over @aio/streams."""

import asyncio
import contextlib
import os
import socket
import ssl
import struct

from host import BaseWorld, bytes_of, failure, serve, settled, world_now
from reading import Reading


class World(BaseWorld):
    def __init__(self, setting):
        super().__init__(setting)
        self.servers = {}
        self.ends = {}  # (reader, writer) by name
        self.arrivals = asyncio.Queue()
        self.handlers = {}  # by the name of their end
        self.callbacks = 0
        self.reports = []

    async def call(self, step):
        owner = Servers if step["target"].startswith("server") else Ends
        method = getattr(owner, step["verb"])
        return await method(self, step["target"], *step["args"], **step["options"])

    def path(self, path):
        if path == "abstract":
            return "\0" + self.setting["path"]
        return path or self.setting["path"]

    def reader(self, name, source=None):
        return self.ends[name][0]

    def reported(self, context):
        error = context.get("exception")
        self.reports.append(failure(error)[0] if error else context["message"])
        return True

    async def end(self):
        left = await self.give_up()
        for server in self.servers.values():
            server.close()
        for _, writer in self.ends.values():
            with contextlib.suppress(AttributeError):  # of 3.13.0, for some that are lost
                writer.transport.abort()
        while not self.arrivals.empty():
            self.arrivals.get_nowait()[1].transport.abort()
        for finish, _ in self.handlers.values():
            if not finish.done():
                finish.set_result(None)
        for _ in range(200):
            tasks = self.tasks()
            if not tasks:
                break
            await asyncio.sleep(0)
        return ["ok", f"{left} calls, {len(tasks)} tasks, {self.callbacks} callbacks", *self.reports]

    def server_tls(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.setting["cert"], self.setting["key"])
        return context

    def client_tls(self, trust="yes"):
        return ssl.create_default_context(cafile=self.setting["ca"] if trust == "yes" else None)


class Servers:
    async def start(world, name, handler="held", limit=65536, serving="yes", tls="yes", at=None, **more):
        callback = Servers.held if handler == "held" else Servers.plain
        if handler == "raises":
            callback = Servers.raises
        options = {"limit": limit, "start_serving": serving == "yes"}
        if world.setting["over"] == "tls" and tls == "yes":
            options["ssl"] = world.server_tls()
        elif tls == "true":
            options["ssl"] = True
        if world.setting["over"] == "unix":
            path = world.path(at)
            if "cleanup" in more:
                options["cleanup_socket"] = False
            server = await asyncio.start_unix_server(callback(world), path, **options)
        else:
            host, port = "127.0.0.1", world.setting.get("port", 0) if at == "same" else 0
            server = await asyncio.start_server(callback(world), host, port, **options)
            world.told["port"] = server.sockets[0].getsockname()[1]
        world.servers[name] = server

    def held(world):
        """A handler that returns when the scenario says so."""

        async def handler(reader, writer):
            world.callbacks += 1
            finish = asyncio.get_running_loop().create_future()
            world.arrivals.put_nowait((reader, writer, finish, asyncio.current_task()))
            await finish

        return handler

    def plain(world):
        def handler(reader, writer):
            world.callbacks += 1
            world.arrivals.put_nowait((reader, writer, None, None))

        return handler

    def raises(world):
        def handler(reader, writer):
            world.callbacks += 1
            world.arrivals.put_nowait((reader, writer, None, None))
            raise RuntimeError("handler")

        return handler

    async def close(world, name):
        world.servers[name].close()

    async def closed(world, name):
        await world.servers[name].wait_closed()

    async def closeclients(world, name):
        world.servers[name].close_clients()

    async def abortclients(world, name):
        world.servers[name].abort_clients()

    async def isserving(world, name):
        return world.servers[name].is_serving()

    async def sockets(world, name):
        return len(world.servers[name].sockets)

    async def startserving(world, name):
        await world.servers[name].start_serving()

    async def serve(world, name):
        await world.servers[name].serve_forever()

    async def hasfile(world, name):
        return os.path.exists(world.setting["path"])

    async def removefile(world, name):
        os.unlink(world.setting["path"])

    async def makefile(world, name):
        open(world.setting["path"], "x").close()

    async def reported(world, name):
        return list(world.reports)


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
        """Read to the end: whether that is what the other end has written by `fill`."""
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
        """Write until drain() waits, and more than the system may still take."""
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
        """Write and drain until that fails."""
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
        """End the connection as a process that crashes does: with a reset."""
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


if __name__ == "__main__":
    asyncio.run(serve(World))
