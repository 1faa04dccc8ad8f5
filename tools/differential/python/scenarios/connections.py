"""The verbs of connection scenarios for asyncio. src/connections/ has those for @aio/streams."""

import asyncio
import contextlib
import ssl

from ends import Ends
from host import BaseWorld, failure, serve
from servers import Servers


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
            with contextlib.suppress(AttributeError):  # raised by 3.13.0 for some lost connections
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


if __name__ == "__main__":
    asyncio.run(serve(World))
