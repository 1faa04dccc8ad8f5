"""The CPython side of the subprocess benchmarks: a line in asks for a round, a figure goes out."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE

what, size = sys.argv[1], int(sys.argv[2])


async def capture() -> float:
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        "head", "-c", str(size), "/dev/zero", stdin=PIPE, stdout=PIPE
    )
    stdout, _ = await process.communicate()
    assert len(stdout) == size
    return (time.perf_counter() - start) * 1e3


async def through() -> float:
    data = b"0123456789abcdef" * (size // 16)
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    stdout, _ = await process.communicate(data)
    assert len(stdout) == size
    return (time.perf_counter() - start) * 1e3


async def lines() -> float:
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        "seq", "-f", "%.0f is a line", str(size), stdout=PIPE
    )
    seen = 0
    async for _ in process.stdout:
        seen += 1
    assert seen == size
    return (time.perf_counter() - start) * 1e9 / size


round_of = {"capture": capture, "through": through, "lines": lines}[what]
for _ in sys.stdin:
    print(asyncio.run(round_of()), flush=True)
