import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CancelledError } from "@aio/errors";
import {
  type Server,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, describe, expect, test } from "vitest";
import { Program, runsTypeScript } from "./peers/program.ts";
import { failure, unhearable, until } from "./waiting.ts";

const servers: Server<TcpAddress>[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()));
});

async function start(...args: Parameters<typeof startServer>): Promise<Server<TcpAddress>> {
  const server = await startServer(...args);
  servers.push(server);
  return server;
}

async function echoLine(reader: StreamReader, writer: StreamWriter): Promise<void> {
  writer.write(await reader.readline());
}

async function ask(server: Server<TcpAddress>, line: string): Promise<string> {
  const { address, port } = server.addresses[0]!;
  await using connection = await openConnection(address, port);
  connection.writer.write(line);
  return String(await connection.reader.read());
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const hasBoundSocket = net.BoundSocket !== undefined;
const hasReusePort = major > 22 || (major === 22 && minor >= 12);

describe("startServer()", () => {
  // test_streams.StreamTests.test_start_server
  test("serves clients with an async handler and with a plain one", async () => {
    expect(await ask(await start(echoLine, "127.0.0.1", 0), "hello world!\n")).toBe(
      "hello world!\n",
    );
    const plain = await start(
      (reader, writer) => {
        const answer = async (): Promise<void> => {
          writer.write(await reader.readline());
          writer.close();
        };
        void answer();
      },
      "127.0.0.1",
      0,
    );
    expect(await ask(plain, "hello world!\n")).toBe("hello world!\n");
  });

  test("opens one socket for each address of each host, and one for duplicates", async () => {
    const hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.1", "::1"];
    const server = await start(echoLine, hosts, 0);
    expect(server.addresses.map(({ address }) => address)).toEqual([
      "127.0.0.1",
      "127.0.0.2",
      "::1",
    ]);
    expect(new Set(server.addresses.map(({ port }) => port)).size).toBe(3);
  });

  test.each([[null], [""]])("serves IPv6 and IPv4 on one port for the host %j", async (host) => {
    const server = await start(echoLine, host, 0);
    expect(server.addresses).toHaveLength(1);
    const { port } = server.addresses[0]!;
    for (const address of ["127.0.0.1", "::1"]) {
      await using connection = await openConnection(address, port);
      connection.writer.write("x\n");
      expect(String(await connection.reader.read())).toBe("x\n");
    }
  });

  test("does not accept IPv4 with ipv6Only, so that both families can use the port", async () => {
    const six = await start(echoLine, null, 0, { ipv6Only: true });
    const { port } = six.addresses[0]!;
    expect((await failure(openConnection("127.0.0.1", port))).code).toBe("ECONNREFUSED");
    await start(echoLine, "0.0.0.0", port);
    expect(await failure(start(echoLine, "::", port))).toMatchObject({ code: "EADDRINUSE" });
  });

  test("skips an address that this machine does not have", async () => {
    const server = await start(echoLine, ["198.51.100.1", "127.0.0.1"], 0);
    expect(server.addresses.map(({ address }) => address)).toEqual(["127.0.0.1"]);
  });

  test("rejects with EADDRNOTAVAIL if this machine has none of the addresses", async () => {
    const one = await failure(start(echoLine, "198.51.100.1", 0));
    expect(one.code).toBe("EADDRNOTAVAIL");
    const two = await failure(start(echoLine, ["198.51.100.1", "198.51.100.2"], 0));
    expect(two).toBeInstanceOf(AggregateError);
    expect(two.code).toBe("EADDRNOTAVAIL");
    expect(two.message).toContain("198.51.100.1, 198.51.100.2");
  });

  test("opens no socket if one of its addresses is taken, and names it", async () => {
    const taken = await start(echoLine, "127.0.0.1", 0);
    const { port } = taken.addresses[0]!;
    const error = await failure(start(echoLine, ["127.0.0.2", "127.0.0.1"], port));
    expect(error.code).toBe("EADDRINUSE");
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect((await failure(openConnection("127.0.0.2", port))).code).toBe("ECONNREFUSED");
  });

  test("rejects with Node's error for an unknown host", async () => {
    const error = await failure(start(echoLine, "no-such-host.invalid", 0));
    expect(error.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  test("closes the server and its clients when its signal aborts later", async () => {
    const controller = new AbortController();
    const server = await start(() => {}, "127.0.0.1", 0, { signal: controller.signal });
    const { port } = server.addresses[0]!;
    const { reader, writer } = await openConnection("127.0.0.1", port);
    await until(() => server.connections === 1);
    controller.abort();
    expect(server.isServing()).toBe(false);
    expect((await reader.read()).length).toBe(0);
    writer.close();
    await server.waitClosed();
  });

  test("leaves no socket open if its signal refuses listeners", async () => {
    const open = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
    const before = open();
    const starting = start(echoLine, "127.0.0.1", 0, { signal: unhearable() });
    expect((await failure(starting)).message).toBe("This signal refuses listeners");
    await until(() => open() === before);
  });

  test("leaves no listener on the signal once the server is closed", async () => {
    const { signal } = new AbortController();
    const server = await start(echoLine, "127.0.0.1", 0, { signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    server.close();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("rejects with CancelledError, caused by the reason, and opens no socket when the signal aborts first", async () => {
    const already = await failure(
      start(echoLine, "127.0.0.1", 0, { signal: AbortSignal.abort("enough") }),
    );
    expect(already).toBeInstanceOf(CancelledError);
    expect(already.cause).toBe("enough");
    const controller = new AbortController();
    const starting = failure(start(echoLine, "127.0.0.1", 0, { signal: controller.signal }));
    controller.abort("later");
    expect((await starting).cause).toBe("later");
  });

  test.runIf(hasBoundSocket)(
    "refuses clients with startServing: false until startServing()",
    async () => {
      const server = await start(echoLine, "127.0.0.1", 0, { startServing: false });
      expect(server.isServing()).toBe(false);
      const { port } = server.addresses[0]!;
      expect((await failure(openConnection("127.0.0.1", port))).code).toBe("ECONNREFUSED");
      await Promise.all([server.startServing(), server.startServing()]);
      expect(server.isServing()).toBe(true);
      expect(await ask(server, "x\n")).toBe("x\n");
    },
  );

  test.runIf(hasBoundSocket)(
    "rejects startServing() if the server is closed before it listens",
    async () => {
      const server = await start(echoLine, "127.0.0.1", 0, { startServing: false });
      const starting = failure(server.startServing());
      server.close();
      expect((await starting).message).toContain("is closed");
      expect(server.isServing()).toBe(false);
      await server.waitClosed();
    },
  );

  test.runIf(hasBoundSocket)("frees a bound port when it is closed before serving", async () => {
    const server = await start(echoLine, "127.0.0.1", 0, { startServing: false });
    const { port } = server.addresses[0]!;
    server.close();
    await server.waitClosed();
    await start(echoLine, "127.0.0.1", port);
  });

  // test_server.BaseStartServer.test_start_server_1
  test.runIf(hasBoundSocket)(
    "listens when serveForever() is called, and serves until the signal aborts",
    async () => {
      const controller = new AbortController();
      const server = await start(
        async (reader, writer) => {
          await reader.readline();
          controller.abort();
          writer.write("1");
          writer.close();
          await writer.waitClosed();
        },
        "127.0.0.1",
        0,
        { startServing: false },
      );
      expect(server.isServing()).toBe(false);
      const { address, port } = server.addresses[0]!;
      const forever = failure(server.serveForever({ signal: controller.signal }));
      await until(() => server.isServing());
      const { writer } = await openConnection(address, port);
      writer.write(`${"1".repeat(5 * 1024)}\n`);
      expect(await forever).toBeInstanceOf(CancelledError);
      await server[Symbol.asyncDispose]();
      writer.close();
      expect(server.addresses).toEqual([]);
      expect(server.isServing()).toBe(false);
      expect((await failure(server.serveForever())).message).toContain("is closed");
    },
  );

  test.skipIf(hasBoundSocket)(
    "rejects startServing: false, and names the required Node version",
    async () => {
      const error = await failure(start(echoLine, "127.0.0.1", 0, { startServing: false }));
      expect(error.message).toContain("net.BoundSocket");
    },
  );

  test.runIf(hasReusePort)("shares a port with reusePort", async () => {
    const first = await start(echoLine, "127.0.0.1", 0, { reusePort: true });
    const { port } = first.addresses[0]!;
    const second = await start(echoLine, "127.0.0.1", port, { reusePort: true });
    expect(second.addresses).toEqual(first.addresses);
    expect((await failure(start(echoLine, "127.0.0.1", port))).code).toBe("EADDRINUSE");
  });

  test.skipIf(hasReusePort)("rejects reusePort, and names the required Node version", async () => {
    const error = await failure(start(echoLine, "127.0.0.1", 0, { reusePort: true }));
    expect(error.message).toContain("22.12");
  });
});

describe("startServer() on all interfaces", () => {
  test.each([
    ["127.0.0.1", 4],
    ["::1", 6],
  ])("reports a client at %s under that address", async (address, family) => {
    const names: unknown[] = [];
    const server = await start(
      async (_, writer) => {
        names.push(writer.getExtraInfo("peername"), writer.getExtraInfo("sockname"));
      },
      null,
      0,
    );
    const { port } = server.addresses[0]!;
    const { reader, writer } = await openConnection(address, port);
    await reader.read();
    expect(names).toEqual([writer.getExtraInfo("sockname"), writer.getExtraInfo("peername")]);
    expect(names).toEqual([
      { address, family, port: expect.any(Number) },
      { address, family, port },
    ]);
    writer.close();
  });
});

describe.runIf(runsTypeScript)("startServer({ fd })", () => {
  /** A listening socket, as a service manager passes one to a service. */
  async function listener(at: net.ListenOptions): Promise<[net.AddressInfo, object]> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(at, resolve));
    closing.push(server);
    return [
      server.address() as net.AddressInfo,
      // child_process passes handles to children; a net.Server keeps its handle under this name.
      Reflect.get(server, "_handle") as object,
    ];
  }
  const closing: net.Server[] = [];
  afterEach(() => {
    for (const server of closing.splice(0)) server.close();
  });

  test("serves the clients of a socket that is already listening", async () => {
    const [{ address, port }, handle] = await listener({ host: "127.0.0.1", port: 0 });
    await using child = Program.script("inherited.ts", [], { inherited: [handle] });
    await child.printed(/serving/);
    // The parent stops accepting, so only its child serves.
    for (const server of closing.splice(0)) server.close();
    await using connection = await openConnection(address, port);
    connection.writer.write("hello\n");
    expect(String(await connection.reader.readline())).toBe("hello\n");
    const addresses = [{ address, port, family: 4 }];
    expect(await child.printed(/\[.*\]/)).toBe(JSON.stringify(addresses));
  });

  test("closes the descriptor when the signal aborts, but not if it had aborted before the call", async () => {
    const [, handle] = await listener({ host: "127.0.0.1", port: 0 });
    await using child = Program.script("inherited-abort.ts", [], { inherited: [handle] });
    const answer = "before: AbortError, open\nduring: AbortError, closed\n";
    expect(await child.ended()).toBe(answer);
  });

  test("rejects a Unix socket, and names startUnixServer()", async () => {
    const [, handle] = await listener({ path: `\0aio-inherited-${process.pid}` });
    await using child = Program.script("inherited.ts", [], { inherited: [handle] });
    expect(await child.ended()).toContain("startUnixServer() takes a Unix socket");
  });

  test("rejects a descriptor that is not a socket, with Node's error", async () => {
    await using child = Program.script("inherited.ts", [], { inherited: ["ignore" as never] });
    expect(await child.ended()).toMatch(/E[A-Z]+|ERR_/);
  });
});

describe.runIf(runsTypeScript)("startServer() in the workers of a cluster", () => {
  test("shares a port and a path until the worker closes it or disconnects; the others keep serving", async () => {
    const directory = mkdtempSync(join(tmpdir(), "aio-cluster-"));
    try {
      await using child = Program.script("cluster.ts", [join(directory, "socket")]);
      expect(await child.ended()).toBe(
        "one port: true\nboth: tcp 1, tcp 2, unix 1, unix 2\none: tcp 2, unix 2\ndone\n",
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.each(["tcp", "unix"])(
    "accepts clients that arrive together with the primary's answer, over %s",
    async (kind) => {
      const directory = mkdtempSync(join(tmpdir(), "aio-cluster-"));
      try {
        await using child = Program.script("busy-worker.ts", [kind, join(directory, "socket")]);
        expect(await child.ended()).toBe("1 true, 2 true, 2 true, 2 true\n");
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});

describe.runIf(runsTypeScript)("A program under Node's permission model", () => {
  const sources = fileURLToPath(new URL("../../..", import.meta.url));
  const node = [
    "--permission",
    `--allow-fs-read=${sources}`,
    "--disable-warning=SecurityWarning",
    "--disable-warning=ExperimentalWarning",
  ];
  const restrictsNetwork = process.allowedNodeEnvironmentFlags.has("--allow-net");
  const path = join(tmpdir(), `aio-permission-${process.pid}`);

  test("serves over TCP where that is allowed, and rejects a socket file with ERR_ACCESS_DENIED", async () => {
    const allowed = restrictsNetwork ? [...node, "--allow-net"] : node;
    await using child = Program.script("permission.ts", [path], { node: allowed });
    expect(await child.ended()).toBe("tcp: hello\nunix: ERR_ACCESS_DENIED\n");
    expect(existsSync(path)).toBe(false);
  });

  test.runIf(restrictsNetwork)(
    "rejects a TCP server with ERR_ACCESS_DENIED without --allow-net",
    async () => {
      await using child = Program.script("permission.ts", [path], { node });
      expect(await child.ended()).toBe("tcp: ERR_ACCESS_DENIED\nunix: ERR_ACCESS_DENIED\n");
    },
  );
});
