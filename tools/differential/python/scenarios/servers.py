"""The verbs of servers. src/connections/server-verbs.ts is the counterpart."""

import asyncio
import os


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
        """A handler that returns when the scenario asks it to."""

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
