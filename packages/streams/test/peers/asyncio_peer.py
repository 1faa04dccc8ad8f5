"""CPython's asyncio as the peer. The first argument names the function to run."""

import asyncio
import ssl
import sys


async def converse(reader, writer):
    """Send lines, a block and the end of input, and print each answer."""
    writer.write(b"hello\n")
    print((await reader.readline()).decode(), end="")
    block = bytes(range(256)) * 4096
    writer.write(b"%d\n" % len(block) + block)
    print(await reader.readexactly(len(block)) == block)
    if writer.can_write_eof():
        writer.write_eof()
        print((await reader.read()).decode())
    writer.close()
    await writer.wait_closed()


async def serve(reader, writer):
    """Echo each line, but for a number N, echo the next N bytes."""
    while line := await reader.readline():
        if line == b"STARTTLS\n":
            writer.write(b"go ahead\n")
            await writer.start_tls(server_context(*sys.argv[2:4]))
        elif line.strip().isdigit():
            writer.write(await reader.readexactly(int(line)))
        else:
            writer.write(line)
        await writer.drain()
    writer.write(b"bye")
    writer.close()


def server_context(cert, key):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


async def client(port, ca=None):
    tls = ssl.create_default_context(cafile=ca) if ca else None
    await converse(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))


async def unix_client(path):
    await converse(*await asyncio.open_unix_connection(path))


async def starttls_client(port, ca):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"STARTTLS\n")
    print((await reader.readline()).decode(), end="")
    await writer.start_tls(ssl.create_default_context(cafile=ca), server_hostname="localhost")
    await converse(reader, writer)


async def server(cert=None, key=None, tls="plain"):
    context = server_context(cert, key) if tls == "tls" else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


async def unix_server(path):
    server = await asyncio.start_unix_server(serve, path)
    print("ready", flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))
