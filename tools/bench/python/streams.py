"""The servers of src/streams-*.bench.ts with CPython's streams.

The arguments are an event loop (asyncio or uvloop) and a behavior. Prints its port, answers each line on
stdin with its usage, and exits at end of input.
"""

import asyncio
import gc
import os
import resource
import sys
from time import process_time_ns


async def echo(reader, writer):
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()


writers = set()


async def cast(reader, writer):
    writers.add(writer)
    while chunk := await reader.read(65536):
        for each in writers:
            each.write(chunk)
    writers.remove(writer)


async def bulk(reader, writer):
    count = 0
    while chunk := await reader.read(65536):
        count += len(chunk)
    writer.write(b"%d\n" % (count // 4096))


async def lines(reader, writer):
    count = 0
    async for line in reader:
        count += len(line) == 80
    writer.write(b"%d\n" % count)


async def replies(reader, writer):
    async for _ in reader:
        writer.write(b"a reply\n")
        await writer.drain()


async def frames(reader, writer):
    count = 0
    try:
        while True:
            header = await reader.readexactly(4)
            body = await reader.readexactly(int.from_bytes(header, "big"))
            count += len(body) == 100
    except asyncio.IncompleteReadError:
        writer.write(b"%d\n" % count)


def closing(serve):
    async def served(reader, writer):
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    return served


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def report():
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    if line.startswith("collect"):
        gc.collect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(process_time_ns(), resident(), peak, flush=True)


async def main(behavior):
    server = await asyncio.start_server(closing(behavior), "127.0.0.1", 0, backlog=4096)
    asyncio.get_running_loop().add_reader(sys.stdin, report)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
if sys.argv[1] == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(main({f.__name__: f for f in (echo, cast, bulk, lines, replies, frames)}[sys.argv[2]]))
