import { getEventListeners } from "node:events";
import * as tls from "node:tls";
import { inspect } from "node:util";
import { CancelledError, RuntimeError } from "@aio/errors";
import {
  type Connection,
  type Server,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, describe, expect, test } from "vitest";
import { type Certificate, certificate } from "./certificates.ts";
import { failure, isPending, turn, until } from "./waiting.ts";

let server: Server<TcpAddress>;
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** Wait for end of input, as the handlers of CPython's tests do. */
async function readAll(reader: StreamReader, writer: StreamWriter): Promise<void> {
  try {
    await reader.read();
  } finally {
    writer.close();
    await writer.waitClosed();
  }
}

function connect(options?: { limit?: number }): Promise<Connection> {
  const { address, port } = server.addresses[0]!;
  return openConnection(address, port, options);
}

describe("Server.addresses", () => {
  test("lists the addresses that the server listens on, and is empty once it is closed", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const [address] = server.addresses;
    expect(address).toEqual({ address: "127.0.0.1", port: expect.any(Number), family: 4 });
    server.close();
    expect(server.addresses).toEqual([]);
  });
});

describe("Server.connections", () => {
  test("counts clients from accept until their connection is lost", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    expect(server.connections).toBe(0);
    const { writer } = await connect();
    await until(() => server.connections === 1);
    writer.close();
    await until(() => server.connections === 0);
  });
});

describe("Server.startServing()", () => {
  test("does nothing on a server that is serving", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    await server.startServing();
    expect(server.isServing()).toBe(true);
  });

  test("rejects with RuntimeError once the server is closed", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    server.close();
    const error = await failure(server.startServing());
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toContain("is closed");
    expect(server.isServing()).toBe(false);
  });
});

describe("Server.serveForever()", () => {
  test("resolves when the server is closed", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const forever = server.serveForever();
    expect(await isPending(forever)).toBe(true);
    server.close();
    await forever;
  });

  test("rejects with RuntimeError while another call waits, which keeps waiting", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const first = server.serveForever();
    const error = await failure(server.serveForever());
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toContain("already being awaited");
    expect(await isPending(first)).toBe(true);
    server.close();
    await first;
  });

  test("rejects with RuntimeError once the server is closed", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    server.close();
    expect((await failure(server.serveForever())).message).toContain("is closed");
  });

  test("rejects with CancelledError, caused by the reason, when its signal aborts, and closes the server and its clients", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const { reader } = await connect();
    await until(() => server.connections === 1);
    const controller = new AbortController();
    const forever = failure(server.serveForever({ signal: controller.signal }));
    controller.abort("enough");
    expect(server.isServing()).toBe(false);
    const error = await forever;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.cause).toBe("enough");
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect((await reader.read()).length).toBe(0);
    await server.waitClosed();
  });

  test("rejects with CancelledError and closes the server if its signal has already aborted", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const error = await failure(server.serveForever({ signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(CancelledError);
    expect(server.isServing()).toBe(false);
  });

  test("rejects with CancelledError if the server was given the same signal", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    server = await startServer(readAll, "127.0.0.1", 0, { signal });
    const forever = failure(server.serveForever({ signal }));
    controller.abort();
    expect(await forever).toBeInstanceOf(CancelledError);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("Server.waitClosed()", () => {
  // test_server.TestServer2.test_wait_closed_basic
  test("waits until the server is closed and every client has disconnected", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const idle = server.waitClosed();
    expect(await isPending(idle)).toBe(true);
    const { writer } = await connect();
    const busy = server.waitClosed();
    expect(await isPending(Promise.race([idle, busy]))).toBe(true);
    server.close();
    const closed = server.waitClosed();
    expect(await isPending(Promise.race([idle, busy, closed]))).toBe(true);
    writer.close();
    await writer.waitClosed();
    await Promise.all([idle, busy, closed]);
    await server.waitClosed();
  });

  // test_server.TestServer2.test_wait_closed_race
  test("resolves when the server and the last client close at the same time", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const task = server.waitClosed();
    expect(await isPending(task)).toBe(true);
    const { writer } = await connect();
    setImmediate(() => {
      server.close();
      writer.close();
    });
    await server.waitClosed();
    await task;
  });

  test("rejects with CancelledError when the signal aborts; other waits continue", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const controller = new AbortController();
    const aborted = failure(server.waitClosed({ signal: controller.signal }));
    const other = server.waitClosed();
    controller.abort("enough");
    expect((await aborted).cause).toBe("enough");
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(await isPending(other)).toBe(true);
    server.close();
    await other;
    const late = await failure(server.waitClosed({ signal: controller.signal }));
    expect(late).toBeInstanceOf(CancelledError);
  });
});

describe("Server.close()", () => {
  test("leaves clients connected, and does nothing the second time", async () => {
    server = await startServer(
      async (reader, writer) => {
        for await (const line of reader) writer.write(line);
      },
      "127.0.0.1",
      0,
    );
    const { reader, writer } = await connect();
    await until(() => server.connections === 1);
    server.close();
    server.close();
    writer.write("still here\n");
    expect(String(await reader.readline())).toBe("still here\n");
    writer.close();
    await server.waitClosed();
  });
});

describe("Server.closeClients()", () => {
  // test_server.TestServer2.test_close_clients
  test("lets waitClosed() resolve although the peer stays connected", async () => {
    server = await startServer(readAll, "127.0.0.1", 0);
    const { reader } = await connect();
    await until(() => server.connections === 1);
    const task = server.waitClosed();
    expect(await isPending(task)).toBe(true);
    server.close();
    server.closeClients();
    await task;
    expect((await reader.read()).length).toBe(0);
  });

  test("flushes what was written to clients", async () => {
    const block = Buffer.alloc(4 << 20, 1);
    server = await startServer((_, writer) => writer.write(block), "127.0.0.1", 0);
    const { reader } = await connect();
    await until(() => server.connections === 1);
    server.closeClients();
    expect((await reader.read()).length).toBe(block.length);
  });
});

describe("Server.abortClients()", () => {
  // test_server.TestServer2.test_abort_clients
  test("disconnects a client that does not read, although all buffers are full", async () => {
    let filled = false;
    server = await startServer(
      async (_, writer) => {
        while (!writer.needsDrain) {
          writer.write(Buffer.alloc(1 << 20));
          await turn();
        }
        filled = true;
        await writer.waitClosed();
      },
      "127.0.0.1",
      0,
    );
    const { writer } = await connect({ limit: 4096 });
    await until(() => filled);
    const task = server.waitClosed();
    server.close();
    server.closeClients();
    expect(await isPending(task)).toBe(true);
    server.abortClients();
    await task;
    writer.abort();
  });
});

describe("Server.setSecureContext()", () => {
  const [old, renewed] = [certificate(), certificate("DNS:renewed.test")];

  async function serialOf(ca: string, name: string, client = {}): Promise<string | undefined> {
    const { port } = server.addresses[0]!;
    const options = { tls: { ca, ...client }, serverHostname: name };
    const connection = await openConnection("127.0.0.1", port, options);
    kept.push(connection);
    const { reader, writer } = connection;
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("hello\n");
    return writer.getExtraInfo("peercert")?.serialNumber;
  }

  const kept: Connection[] = [];
  afterEach(() => {
    for (const { writer } of kept.splice(0)) writer.abort();
  });

  async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
    for await (const line of reader) writer.write(line);
  }

  test.each([
    ["options", (each: Certificate) => ({ key: each.key, cert: each.cert })],
    ["a SecureContext", (each: Certificate) => tls.createSecureContext(each)],
  ])("replaces the certificate of %s; existing connections continue", async (_, settings) => {
    server = await startServer(echo, "127.0.0.1", 0, { tls: settings(old) });
    const first = await serialOf(old.ca, "localhost");
    server.setSecureContext(settings(renewed));
    expect(await serialOf(renewed.ca, "renewed.test")).not.toBe(first);
    const [before] = kept as [Connection];
    before.writer.write("still here\n");
    expect(String(await before.reader.readline())).toBe("still here\n");
  });

  test("still requests client certificates", async () => {
    const reports: string[] = [];
    server = await startServer(echo, "127.0.0.1", 0, {
      tls: { ...old, requestCert: true },
      onError: (error) => reports.push((error as Error).message),
    });
    server.setSecureContext({ key: renewed.key, cert: renewed.cert, ca: old.ca });
    await serialOf(renewed.ca, "renewed.test", { key: old.key, cert: old.cert });
    await failure(serialOf(renewed.ca, "renewed.test"));
    await until(() => reports.length === 1);
    expect(reports[0]).toContain("did not return a certificate");
  });

  test("throws for an invalid key, and keeps its certificate", async () => {
    server = await startServer(echo, "127.0.0.1", 0, { tls: old });
    const wrong = { key: "no key", cert: "no certificate" };
    expect(() => server.setSecureContext(wrong)).toThrow(
      expect.objectContaining({ library: expect.any(String) }),
    );
    for (const settings of [undefined, true, tls.createSecureContext(renewed)]) {
      expect(() => server.setSecureContext(settings as never)).toThrow(TypeError);
    }
    await serialOf(old.ca, "localhost");
  });

  test("throws RuntimeError if the server does not speak TLS", async () => {
    server = await startServer(echo, "127.0.0.1", 0);
    expect(() => server.setSecureContext(renewed)).toThrow(RuntimeError);
  });
});

describe("Server.unref()", () => {
  test("lets the program end while the server listens, until ref()", async () => {
    server = await startServer(readAll, ["127.0.0.1", "::1"], 0);
    const kept = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
    const before = kept();
    expect(server.unref()).toBe(server);
    expect(kept()).toBe(before - 2);
    expect(server.ref()).toBe(server);
    expect(kept()).toBe(before);
    server.close();
    server.unref();
  });
});

describe("A server", () => {
  test("shows its addresses, its state and its clients when printed", async () => {
    server = await startServer(readAll, ["127.0.0.1", "::1"], 0);
    const [four, six] = server.addresses.map(({ port }) => port);
    expect(inspect(server)).toBe(`Server <127.0.0.1:${four}, [::1]:${six}, serving, 0 clients>`);
    const { writer } = await connect();
    await until(() => server.connections === 1);
    expect(inspect({ server })).toContain("serving, 1 client>");
    server.close();
    expect(inspect(server)).toBe("Server <closed, 1 client>");
    writer.close();
  });
});

describe("Server[Symbol.asyncDispose]()", () => {
  test("leaves no timer running", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    server = await startServer(readAll, "127.0.0.1", 0);
    const before = timers().length;
    for (let n = 0; n < 20; n++) {
      const stopped = await startServer(readAll, "127.0.0.1", 0);
      await stopped[Symbol.asyncDispose]();
    }
    // The test runner's own timer may end meanwhile, which cannot hide twenty others.
    expect(timers().length).toBeLessThanOrEqual(before);
  });

  test("resolves although idle peers stay connected (cpython#113538)", async () => {
    const stays: Connection[] = [];
    {
      await using stopped = await startServer(readAll, "127.0.0.1", 0);
      server = stopped;
      stays.push(await connect(), await connect());
      await until(() => stopped.connections === 2);
    }
    expect(server.isServing()).toBe(false);
    expect(server.connections).toBe(0);
    await Promise.all(stays.map((connection) => connection[Symbol.asyncDispose]()));
  });
});

// excused test_streams.StreamTests.test_unclosed_server_resource_warnings: Node has no such warning, and nothing is closed when it is collected
