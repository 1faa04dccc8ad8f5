"""The verbs of process scenarios for asyncio. src/processes/ has those for @aio/subprocess."""

import asyncio
import contextlib
import os
import signal

from asyncio.subprocess import DEVNULL, PIPE, STDOUT

from host import BaseWorld, bytes_of, serve, settled, shown, until
from reading import Reading


class World(BaseWorld):
    def __init__(self, setting):
        super().__init__(setting)
        self.processes = {}
        self.others = {}  # pids that children have printed
        self.files = []
        self.reports = []

    async def call(self, step):
        method = getattr(Processes, step["verb"])
        return await method(self, step["target"], *step["args"], **step["options"])

    def reader(self, name, source=None):
        return getattr(self.processes[name], source or "stdout")

    def reported(self, context):
        self.reports.append(context["message"])
        return True

    async def end(self):
        left = await self.give_up()
        for pid in self.others.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            process._transport.close()
        for descriptor in self.files:
            os.close(descriptor)
        await settled()
        return ["ok", f"{left} calls, {len(self.tasks())} tasks", *self.reports]

    def stream(self, word):
        """The value of an option of `start`."""
        if word == "inherit":
            return None
        if word != "file":
            return {"pipe": PIPE, "devnull": DEVNULL, "stdout": STDOUT}[word]
        return self.open(os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def open(self, flags):
        descriptor = os.open(self.setting["file"], flags, 0o600)
        self.files.append(descriptor)
        return descriptor


class Processes(Reading):
    async def start(world, name, *command, stdin="devnull", stdout="pipe", stderr="devnull", **more):
        options = {
            "stdin": world.stream(stdin),
            "stdout": world.stream(stdout),
            "stderr": world.stream(stderr),
        }
        for word in ("limit", "cwd", "executable"):
            if word in more:
                options[word] = more[word]
        if "env" in more:
            options["env"] = dict(pair.split("=") for pair in more["env"].split())
        if "umask" in more:
            options["umask"] = int(str(more["umask"]), 8)
        if "session" in more:
            options["start_new_session"] = True
        script = "".join(map(str, command))
        if "pass" in more:
            descriptor = world.open(os.O_RDONLY)
            if more["pass"] == "yes":
                options["pass_fds"] = [descriptor]
            script = script.replace("{fd}", str(descriptor))
        if "shell" in more:
            starting = asyncio.create_subprocess_shell(script, **options)
        elif "program" in more:
            starting = asyncio.create_subprocess_exec(more["program"], *command, **options)
        else:
            starting = asyncio.create_subprocess_exec("/bin/sh", "-c", script, **options)
        world.processes[name] = await starting

    async def communicate(world, name, text=None):
        data = None if text is None else bytes_of(text)
        outputs = await world.processes[name].communicate(data)
        return [None if output is None else shown(output) for output in outputs]

    async def wait(world, name):
        return await world.processes[name].wait()

    async def returncode(world, name):
        return [world.processes[name].returncode]

    async def exited(world, name):
        """Wait until returncode is set, without wait()."""
        await until(lambda: world.processes[name].returncode is not None)

    async def streams(world, name):
        process = world.processes[name]
        return [stream is not None for stream in (process.stdin, process.stdout, process.stderr)]

    async def file(world, name):
        with open(world.setting["file"], "rb") as file:
            return shown(file.read())

    async def putfile(world, name, text):
        with open(world.setting["file"], "wb") as file:
            file.write(bytes_of(text))

    async def learn(world, name):
        """Read the pid of another process, which the child prints on a line."""
        world.others[name] = int(await world.reader(name).readline())

    async def otherlives(world, name):
        try:
            os.kill(world.others[name], 0)
        except ProcessLookupError:
            return False
        return True

    async def killother(world, name):
        os.kill(world.others[name], signal.SIGKILL)

    async def lives(world, name):
        return world.processes[name].returncode is None

    # Signals

    async def signal(world, name, which):
        number = which if isinstance(which, int) else getattr(signal, f"SIG{which}")
        world.processes[name].send_signal(number)

    async def terminate(world, name):
        world.processes[name].terminate()

    async def kill(world, name):
        world.processes[name].kill()

    # Writing

    async def write(world, name, *chunks):
        for chunk in chunks:
            world.processes[name].stdin.write(bytes_of(chunk))

    async def writelines(world, name, *chunks):
        world.processes[name].stdin.writelines([bytes_of(chunk) for chunk in chunks])

    async def drain(world, name):
        await world.processes[name].stdin.drain()

    async def flood(world, name):
        """Write and drain until a call fails."""
        while True:
            world.processes[name].stdin.write(b"x" * 65536)
            await world.processes[name].stdin.drain()

    async def eof(world, name):
        world.processes[name].stdin.write_eof()

    async def caneof(world, name):
        return world.processes[name].stdin.can_write_eof()

    async def close(world, name):
        world.processes[name].stdin.close()

    async def closed(world, name):
        await world.processes[name].stdin.wait_closed()

    async def isclosing(world, name):
        return world.processes[name].stdin.is_closing()


if __name__ == "__main__":
    asyncio.run(serve(World))
