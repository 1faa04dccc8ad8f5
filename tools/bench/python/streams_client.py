"""The clients of src/streams-client.bench.ts with CPython's streams.

The arguments are an event loop (asyncio or uvloop), the server program, and a task (connect or echo).
Answers each line on stdin with the nanoseconds of processor time per exchange of 64 bytes.
"""

import asyncio
import subprocess
import sys
from time import process_time_ns

message = b"x" * 64
connections = []


async def connect(port, times):
    async def one():
        for _ in range(times // 16):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(message)
            await reader.readexactly(64)
            await reader.read()
            writer.close()
            await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(16)))
    return times


async def echo(port, times):
    if not connections:
        opening = (asyncio.open_connection("127.0.0.1", port) for _ in range(100))
        connections.extend(await asyncio.gather(*opening))

    async def one(reader, writer):
        for _ in range(times):
            writer.write(message)
            await reader.readexactly(64)

    await asyncio.gather(*(one(*each) for each in connections))
    return 100 * times


async def main(load, task):
    serves = "close" if task == "connect" else "echo"
    command = [load, "serve", "0", serves]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port = int(server.stdout.readline())
    while sys.stdin.readline():
        pieces, start = 0, process_time_ns()
        while process_time_ns() - start < 100_000_000:
            pieces += await {"connect": connect, "echo": echo}[task](
                port, 400 if task == "connect" else 50
            )
        print((process_time_ns() - start) / pieces, flush=True)
    server.stdin.close()


if sys.argv[1] == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(main(*sys.argv[2:]))
