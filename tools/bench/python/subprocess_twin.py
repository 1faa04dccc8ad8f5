"""The CPython side of the subprocess benchmarks: each line on stdin requests a round."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE

CAPTURED = 512 << 20
THROUGH = 256 << 20
LINES = 500_000


async def take(size: int, *command: str, data: bytes | None = None) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=None if data is None else PIPE, stdout=PIPE
    )
    stdout, _ = await process.communicate(data)
    assert len(stdout) == size


async def run() -> None:
    process = await asyncio.create_subprocess_exec("/bin/true")
    await process.wait()


async def milliseconds(count: int, work) -> float:
    start = time.perf_counter()
    await work
    return (time.perf_counter() - start) * 1e3 / count


async def one_by_one(count: int, make) -> None:
    for _ in range(count):
        await make()


async def at_once(count: int, make) -> None:
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await make()

    await asyncio.gather(*(worker() for _ in range(16)))


async def sequential() -> float:
    return await milliseconds(50, one_by_one(50, run))


async def concurrent() -> float:
    return await milliseconds(200, at_once(200, run))


async def echo() -> float:
    return await milliseconds(50, one_by_one(50, lambda: take(6, "echo", "hello")))


async def capture() -> float:
    return await milliseconds(1, take(CAPTURED, "head", "-c", str(CAPTURED), "/dev/zero"))


async def memory() -> float:
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    await capture()
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


async def through() -> float:
    data = b"0123456789abcdef" * (THROUGH // 16)
    return await milliseconds(1, take(THROUGH, "cat", data=data))


async def lines() -> float:
    start = time.perf_counter()
    process = await asyncio.create_subprocess_shell(
        f"yes a line of a few words | head -n {LINES}", stdout=PIPE
    )
    seen = 0
    async for _ in process.stdout:
        seen += 1
    assert seen == LINES
    return (time.perf_counter() - start) * 1e9 / LINES


held: list[bytes] = []


def hold() -> None:
    if not held:
        held.extend(bytes([1]) * (1 << 20) for _ in range(1024))


async def start_holding() -> float:
    hold()
    times = []
    for _ in range(15):
        start = time.perf_counter()
        process = await asyncio.create_subprocess_exec("/bin/true")
        times.append(time.perf_counter() - start)
        await process.wait()
    return sorted(times)[7] * 1e3


async def run_holding() -> float:
    hold()
    return await milliseconds(16, at_once(16, run))


loop, what = sys.argv[1:]
factory = None
if loop == "uvloop":
    import uvloop

    factory = uvloop.new_event_loop

rounds = [sequential, concurrent, echo, capture, memory, through, lines]
rounds += [start_holding, run_holding]
round_of = {work.__name__: work for work in rounds}[what]
with asyncio.Runner(loop_factory=factory) as runner:
    for _ in sys.stdin:
        print(runner.run(round_of()), flush=True)
