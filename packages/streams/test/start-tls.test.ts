import { getEventListeners } from "node:events";
import * as net from "node:net";
import { Duplex } from "node:stream";
import * as tls from "node:tls";
import { CancelledError, RuntimeError } from "@aio/errors";
import {
  type Connection,
  type Server,
  type ServerErrorInfo,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { failure, isPending, until } from "./waiting.ts";

const { key, cert, ca } = certificate();
const closing: AsyncDisposable[] = [];
const reports: (ServerErrorInfo & { error: unknown })[] = [];

afterEach(async () => {
  reports.length = 0;
  await Promise.all(closing.splice(0).map((each) => each[Symbol.asyncDispose]()));
  await until(() => !process.getActiveResourcesInfo().includes("TLSWrap"));
});

/** Upgrades to TLS on request, then echoes each line. */
async function starttls(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await reader.readline();
  writer.write("go ahead\n");
  await writer.startTls({ key, cert });
  for await (const line of reader) writer.write(line);
}

async function connectTo(
  handler: (reader: StreamReader, writer: StreamWriter) => void | Promise<void>,
): Promise<Connection & { server: Server<TcpAddress> }> {
  const server = await startServer(handler, "127.0.0.1", 0, {
    onError: (error, info) => reports.push({ ...info, error }),
  });
  const connection = await openConnection("127.0.0.1", server.addresses[0]!.port);
  closing.push(server, connection);
  return Object.assign(connection, { server });
}

describe("StreamWriter.startTls()", () => {
  test("makes writeEof() and write() throw until it is done", async () => {
    const { reader, writer } = await connectTo(starttls);
    writer.write("STARTTLS\n");
    await reader.readline();
    const upgrading = writer.startTls({ ca });
    await Promise.resolve();
    expect(() => writer.writeEof()).toThrow(RuntimeError);
    expect(() => writer.write("text")).toThrow(RuntimeError);
    await upgrading;
    writer.write("hello\n");
    writer.writeEof();
    expect(String(await reader.read())).toBe("hello\n");
  });

  // test_streams.StreamTests.test_start_tls
  test("upgrades the connection to TLS with the same reader and writer, on both sides", async () => {
    const { reader, writer } = await connectTo(starttls);
    expect(writer.getExtraInfo("sslObject")).toBeUndefined();
    expect(writer.getExtraInfo("sslcontext")).toBeUndefined();
    writer.write("STARTTLS\n");
    expect(String(await reader.readline())).toBe("go ahead\n");
    await writer.startTls({ ca });
    expect(writer.getExtraInfo("sslcontext")).toBeDefined();
    expect(writer.getExtraInfo("sslObject")).toBeInstanceOf(tls.TLSSocket);
    expect(writer.socket).toBeInstanceOf(tls.TLSSocket);
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    writer.writeEof();
    expect(String(await reader.read())).toBe("");
    expect(reports).toEqual([]);
  });

  test("keeps the peer's address for after the end of the connection, on both sides", async () => {
    const served: StreamWriter[] = [];
    const { reader, writer, server } = await connectTo((input, output) => {
      served.push(output);
      return starttls(input, output);
    });
    writer.write("STARTTLS\n");
    await reader.readline();
    await writer.startTls({ ca });
    writer.close();
    await Promise.all([writer, ...served].map((each) => each.waitClosed()));
    expect(writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
    expect(served[0]?.getExtraInfo("peername")).toEqual(writer.getExtraInfo("sockname"));
  });

  test("lets drain() wait after the upgrade, too, if it has waited before", async () => {
    const size = 4_000_000;
    const { reader, writer } = await connectTo(async (input, output) => {
      await input.readexactly(size);
      output.write("go ahead\n");
      await output.startTls({ key, cert });
      await input.readexactly(size);
      output.write("received\n");
    });
    // Small writes, which are sent without a callback for each.
    const send = (): Promise<void> => {
      for (let sent = 0; sent < size; sent += 4000) writer.write(Buffer.alloc(4000));
      return writer.drain();
    };
    await send();
    await reader.readline();
    await writer.startTls({ ca });
    await send();
    expect(String(await reader.readline())).toBe("received\n");
  });

  test("ends a drain() that began before the upgrade, between the high and the low mark", async () => {
    const size = 65_536 + 40_000;
    await using server = await startServer(
      async (input, output) => {
        await input.readexactly(size);
        await output.startTls({ key, cert });
        output.write(await input.readline());
      },
      "127.0.0.1",
      0,
    );
    const raw = net.connect(server.addresses[0]!.port, "127.0.0.1");
    const taken: (() => void)[] = [];
    let isSlow = true;
    const socket = new Duplex({
      read() {},
      write(chunk, _, done) {
        raw.write(chunk);
        if (isSlow) taken.push(done);
        else done();
      },
      destroy: (error, done) => done(raw.destroy() && error),
    });
    raw.on("data", (chunk) => socket.push(chunk));
    await using connection = await openConnection({ socket });
    const { reader, writer } = connection;
    // Small writes, which are sent without a callback for each.
    for (let sent = 0; sent < 65_536; sent += 4096) writer.write(Buffer.alloc(4096));
    writer.flush();
    for (let sent = 0; sent < 40_000; sent += 4000) writer.write(Buffer.alloc(4000));
    writer.flush();
    const drain = writer.drain();
    taken.shift()?.();
    await until(() => taken.length > 0);
    expect(writer.needsDrain).toBe(false);
    const upgrade = writer.startTls({ ca }, { serverHostname: "localhost" });
    expect(await isPending(drain)).toBe(true);
    isSlow = false;
    taken.shift()?.();
    await upgrade;
    await drain;
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
  });

  test("hands bytes that a server has already received to the handshake", async () => {
    const { reader, writer } = await connectTo(async (incoming, outgoing) => {
      await incoming.readline();
      await until(() => incoming.bufferedLength > 0);
      await outgoing.startTls({ key, cert });
      expect(incoming.bufferedLength).toBe(0);
      outgoing.write(await incoming.readline());
    });
    // The client does not wait for the server's answer.
    writer.write("STARTTLS\n");
    await writer.startTls({ ca });
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    expect(reports).toEqual([]);
  });

  test("rejects with RuntimeError if plaintext is buffered, which an attacker could have injected", async () => {
    const { reader, writer, server } = await connectTo(async (incoming, outgoing) => {
      await incoming.readline();
      outgoing.write("go ahead\ninjected\n");
      await incoming.read();
    });
    writer.write("STARTTLS\n");
    await reader.readline();
    await until(() => reader.bufferedLength > 0);
    const error = await failure(writer.startTls({ ca }));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toContain("9 bytes");
    await until(() => server.connections === 0);
    expect(writer.isClosing()).toBe(true);
  });

  test("rejects when the certificate is not trusted, and closes the connection on both sides", async () => {
    const { writer, server } = await connectTo(starttls);
    writer.write("STARTTLS\n");
    await until(() => server.connections === 1);
    const { reader } = closing[1] as unknown as Connection;
    await reader.readline();
    const error = await failure(writer.startTls(true));
    expect(error.code).toMatch(/SIGNATURE|SELF_SIGNED/);
    expect(await failure(reader.read())).toBe(error);
    expect(await failure(writer.waitClosed())).toBe(error);
    await until(() => reports.length === 1 && server.connections === 0);
    expect(reports).toMatchObject([{ kind: "handler" }]);
  });

  test("rejects with ECONNRESET, and does not blame the peer, after abort() or close()", async () => {
    for (const end of ["abort", "close"] as const) {
      const { writer } = await connectTo(async (incoming) => void (await incoming.read()));
      const error = failure(writer.startTls({ ca }));
      await Promise.resolve();
      writer[end]();
      expect((await error).code).toBe("ECONNRESET");
      expect((await error).message).toMatch(/^Cannot send: the connection to .* is lost$/);
    }
  });

  test("rejects when the handshake takes too long", async () => {
    const { reader, writer } = await connectTo(async (incoming) => void (await incoming.read()));
    const error = await failure(writer.startTls({ ca }, { tlsHandshakeTimeout: 20 }));
    expect(error.code).toBe("ERR_TLS_HANDSHAKE_TIMEOUT");
    expect(await failure(reader.read())).toBe(error);
  });

  test.each(["client", "server"] as const)(
    "rejects with CancelledError, caused by the reason, when the signal aborts on the %s, and closes the connection",
    async (side) => {
      const controller = new AbortController();
      const { signal } = controller;
      let there: StreamWriter | undefined;
      const { writer } = await connectTo((_, theirs) => {
        there = theirs;
      });
      await until(() => there !== undefined);
      const starting =
        side === "client"
          ? writer.startTls({ ca }, { signal })
          : there!.startTls({ key, cert }, { signal });
      const caught = failure(starting);
      expect(await isPending(starting)).toBe(true);
      controller.abort("enough");
      expect(await caught).toBeInstanceOf(CancelledError);
      expect((await caught).cause).toBe("enough");
      expect(getEventListeners(signal, "abort")).toEqual([]);
      const aborted = side === "client" ? writer : there!;
      expect(await failure(aborted.waitClosed())).toBe(await caught);
      await Promise.all([writer, there!].map((each) => each[Symbol.asyncDispose]()));
    },
  );

  test("applies backpressure to a peer that sends faster than the reader reads, as without TLS (gh-152431)", async () => {
    let sent = 0;
    const total = 16 << 20;
    const { reader, writer } = await connectTo(async (incoming, outgoing) => {
      await incoming.readline();
      await outgoing.startTls({ key, cert });
      for (; sent < total; sent += 65_536) {
        outgoing.write(Buffer.alloc(65_536));
        await outgoing.drain();
      }
      outgoing.writeEof();
      await incoming.read();
    });
    writer.write("STARTTLS\n");
    await writer.startTls({ ca });
    let before = -1;
    await until(() => {
      const stands = sent === before && sent > 0;
      before = sent;
      return stands;
    });
    expect(reader.bufferedLength).toBeLessThanOrEqual(3 * 65_536);
    expect((await reader.read()).length).toBe(total);
  });

  test("refuses writes until the handshake is complete", async () => {
    const { writer } = await connectTo(async (incoming, outgoing) => {
      await incoming.readline();
      await outgoing.startTls({ key, cert });
    });
    writer.write("STARTTLS\n");
    const starting = writer.startTls({ ca });
    await Promise.resolve();
    expect(() => writer.write("too early")).toThrow(RuntimeError);
    await starting;
  });

  test("rejects invalid arguments with TypeError, and leaves the connection unchanged", async () => {
    const { reader, writer } = await connectTo(async (incoming, outgoing) => {
      for (const wrong of [true, false, undefined, "yes"]) {
        expect(await failure(outgoing.startTls(wrong as never))).toBeInstanceOf(TypeError);
      }
      const named = outgoing.startTls({ key, cert }, { serverHostname: "x" });
      expect(await failure(named)).toBeInstanceOf(TypeError);
      outgoing.write(await incoming.readline());
    });
    for (const wrong of [false, undefined, "yes"]) {
      expect(await failure(writer.startTls(wrong as never))).toBeInstanceOf(TypeError);
    }
    const late = await failure(writer.startTls(true, { tlsHandshakeTimeout: 0 }));
    expect(late).toBeInstanceOf(RangeError);
    writer.write("still in the clear\n");
    expect(String(await reader.readline())).toBe("still in the clear\n");
  });
});
