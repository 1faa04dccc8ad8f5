import { getEventListeners } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CancelledError } from "@aio/errors";
import {
  type Server,
  type StreamReader,
  type StreamWriter,
  type UnixAddress,
  openUnixConnection,
  startUnixServer,
} from "@aio/streams";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Program, runsTypeScript } from "./peers/program.ts";
import { failure, until } from "./waiting.ts";

let directory: string;
let path: string;
const servers: Server<UnixAddress>[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "aio-unix-"));
  path = join(directory, "s");
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()));
  rmSync(directory, { recursive: true });
});

async function start(...args: Parameters<typeof startUnixServer>): Promise<Server<UnixAddress>> {
  const server = await startUnixServer(...args);
  servers.push(server);
  return server;
}

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  writer.write(await reader.read());
}

function serve(answer: string) {
  return async (_: StreamReader, writer: StreamWriter): Promise<void> => writer.write(answer);
}

async function answerAt(name: string | URL): Promise<string> {
  await using connection = await openUnixConnection(name);
  return String(await connection.reader.read());
}

/** A socket file of another server, which listens until `close()`. */
async function foreignSocket(name: string): Promise<net.Server> {
  const foreign = net.createServer();
  await new Promise<void>((resolve) => foreign.listen(name, resolve));
  return foreign;
}

/** A socket file without a listener, renamed because Node removes the file that it created. */
async function staleSocket(name: string): Promise<void> {
  const foreign = await foreignSocket(`${name}.tmp`);
  renameSync(`${name}.tmp`, name);
  await new Promise((resolve) => foreign.close(resolve));
}

describe("startUnixServer()", () => {
  // test_streams.StreamTests.test_start_unix_server
  test("serves clients with an async handler and with a plain one", async () => {
    await start(echo, path);
    {
      await using connection = await openUnixConnection(path);
      connection.writer.write("hello world!\n");
      connection.writer.writeEof();
      expect(String(await connection.reader.read())).toBe("hello world!\n");
    }
    await start((reader, writer) => {
      const answer = async (): Promise<void> => {
        writer.write(await reader.readline());
        writer.close();
      };
      void answer();
    }, path);
    await using connection = await openUnixConnection(path);
    connection.writer.write("hello world!\n");
    expect(String(await connection.reader.readline())).toBe("hello world!\n");
  });

  test("takes a file URL", async () => {
    await start(serve("hi"), pathToFileURL(path));
    expect(await answerAt(pathToFileURL(path))).toBe("hi");
  });

  test("reports its address and the names of both ends", async () => {
    let seen: unknown;
    const server = await start(async (_, writer) => {
      seen = [writer.getExtraInfo("peername"), writer.getExtraInfo("sockname")];
    }, path);
    expect(server.addresses).toEqual([{ path }]);
    await using connection = await openUnixConnection(path);
    await connection.reader.read();
    expect(connection.writer.getExtraInfo("peername")).toEqual({ path });
    expect(connection.writer.getExtraInfo("sockname")).toEqual({ path: "" });
    expect(seen).toEqual([{ path: "" }, { path }]);
  });

  test("replaces a stale socket file", async () => {
    await staleSocket(path);
    expect((await failure(openUnixConnection(path))).code).toBe("ECONNREFUSED");
    await start(serve("new"), path);
    expect(await answerAt(path)).toBe("new");
  });

  test("replaces a live socket file, and keeps its own when the old server closes", async () => {
    const old = await start(serve("old"), path);
    await start(serve("new"), path);
    expect(await answerAt(path)).toBe("new");
    old.close();
    expect(await answerAt(path)).toBe("new");
  });

  test("rejects with EADDRINUSE if the path is not a socket, and leaves the file", async () => {
    writeFileSync(path, "precious");
    const error = await failure(start(echo, path));
    expect(error.code).toBe("EADDRINUSE");
    expect(error.message).toContain(path);
    expect(readdirSync(directory)).toEqual(["s"]);
    expect(lstatSync(path).isFile()).toBe(true);
  });

  test("names the path, not the temporary one, in Node's own errors", async () => {
    const missing = join(directory, "missing", "s");
    const error = await failure(start(echo, missing));
    expect(error.message).toMatch(new RegExp(`${missing}$`));
  });

  test("rejects with ENOENT, and names the path, if the directory is missing", async () => {
    const missing = join(directory, "missing", "s");
    const error = await failure(start(echo, missing));
    expect(error).toMatchObject({ code: "ENOENT", errno: -2, address: missing });
    expect(error.message).toBe(`listen ENOENT: no such file or directory ${missing}`);
  });

  test("closes the server and its clients when its signal aborts later", async () => {
    const controller = new AbortController();
    const server = await start(() => {}, path, controller);
    const { reader, writer } = await openUnixConnection(path);
    await until(() => server.connections === 1);
    controller.abort();
    expect(server.isServing()).toBe(false);
    expect(existsSync(path)).toBe(false);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect((await reader.read()).length).toBe(0);
    writer.close();
    await server.waitClosed();
  });

  test("serves the longest possible path, and rejects a longer one with RangeError", async () => {
    const longest = join(directory, "x".repeat(107 - directory.length - 1));
    await start(serve("long"), longest);
    expect(await answerAt(longest)).toBe("long");
    expect(await failure(start(echo, `${longest}x`))).toBeInstanceOf(RangeError);
    expect(await failure(openUnixConnection(`${longest}x`))).toBeInstanceOf(RangeError);
  });

  test.runIf(process.platform === "linux")("serves an abstract name, without a file", async () => {
    const name = `\0aio-test-${process.pid}`;
    const server = await start(serve("abstract"), name);
    expect(await answerAt(name)).toBe("abstract");
    server.close();
    await server.waitClosed();
    expect((await failure(openUnixConnection(name))).code).toBe("ECONNREFUSED");
  });

  test.each([[""], [undefined], [5], ["a\0b"], [new URL("http://localhost/")]])(
    "rejects %j with TypeError, since it is not a path",
    async (wrong) => {
      expect(await failure(start(echo, wrong as string))).toBeInstanceOf(TypeError);
      expect(await failure(openUnixConnection(wrong as string))).toBeInstanceOf(TypeError);
    },
  );
});

const hasBoundSocket = net.BoundSocket !== undefined;

describe("startUnixServer() with startServing: false", () => {
  // test_server.SelectorStartServerTests.test_start_unix_server_1
  test.runIf(hasBoundSocket)(
    "refuses clients until it serves, and serves until the signal aborts",
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
        path,
        { startServing: false },
      );
      expect(server.isServing()).toBe(false);
      expect((await failure(openUnixConnection(path))).code).toBe("ECONNREFUSED");
      await server.startServing();
      expect(server.isServing()).toBe(true);
      const forever = failure(server.serveForever({ signal: controller.signal }));
      await using connection = await openUnixConnection(path);
      connection.writer.write(`${"1".repeat(5 * 1024)}\n`);
      expect(await forever).toBeInstanceOf(CancelledError);
      expect(server.addresses).toEqual([]);
      expect(readdirSync(directory)).toEqual([]);
      expect((await failure(server.serveForever())).message).toContain("is closed");
    },
  );

  test.runIf(hasBoundSocket)("removes the file if it is closed before it has served", async () => {
    const server = await start(echo, path, { startServing: false });
    expect(existsSync(path)).toBe(true);
    server.close();
    await server.waitClosed();
    expect(readdirSync(directory)).toEqual([]);
  });

  test.skipIf(hasBoundSocket)(
    "rejects, names the required Node version, and leaves no file",
    async () => {
      const error = await failure(start(echo, path, { startServing: false }));
      expect(error.message).toContain("net.BoundSocket");
      expect(readdirSync(directory)).toEqual([]);
    },
  );
});

describe.runIf(runsTypeScript)("startUnixServer({ fd })", () => {
  async function inherit(at: net.ListenOptions): Promise<[net.Server, object]> {
    const listener = net.createServer();
    await new Promise<void>((resolve) => listener.listen(at, resolve));
    // child_process passes handles to children; a net.Server keeps its handle under this name.
    return [listener, Reflect.get(listener, "_handle") as object];
  }

  test("serves the clients of a socket that is already listening, and leaves its file", async () => {
    const [listener, handle] = await inherit({ path });
    await using child = Program.script("inherited.ts", ["unix"], { inherited: [handle] });
    expect(await child.printed(/serving .*/)).toBe(`serving ${JSON.stringify([{ path }])}`);
    // Node removes the file when it closes the listener, so the file moves first.
    const moved = `${path}.moved`;
    renameSync(path, moved);
    listener.close();
    await using connection = await openUnixConnection(moved);
    connection.writer.write("hello\n");
    expect(String(await connection.reader.readline())).toBe("hello\n");
    child.end();
    await child.ended();
    expect(existsSync(moved)).toBe(true);
  });

  test("closes the descriptor when the signal aborts, but not if it had aborted before the call", async () => {
    const [listener, handle] = await inherit({ path });
    await using child = Program.script("inherited-abort.ts", ["unix"], { inherited: [handle] });
    const answer = "before: AbortError, open\nduring: AbortError, closed\n";
    expect(await child.ended()).toBe(answer);
    listener.close();
  });

  test("rejects a TCP socket, and names startServer()", async () => {
    const [listener, handle] = await inherit({ port: 0, host: "127.0.0.1" });
    await using child = Program.script("inherited.ts", ["unix"], { inherited: [handle] });
    expect(await child.ended()).toContain("startServer() takes a TCP socket");
    listener.close();
  });
});

describe("Server.close() of a Unix server", () => {
  // test_server.UnixServerCleanupTests.test_unix_server_addr_cleanup
  test("removes the socket file", async () => {
    const server = await start(echo, path);
    expect(existsSync(path)).toBe(true);
    server.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  // test_server.UnixServerCleanupTests.test_unix_server_cleanup_gone
  test("tolerates a file that is already gone", async () => {
    const server = await start(echo, path);
    unlinkSync(path);
    server.close();
    await server.waitClosed();
  });

  // test_server.UnixServerCleanupTests.test_unix_server_cleanup_replaced
  test("leaves the socket file of another server (node#19729)", async () => {
    const server = await start(echo, path);
    unlinkSync(path);
    const foreign = await foreignSocket(path);
    server.close();
    expect(existsSync(path)).toBe(true);
    foreign.close();
  });

  // test_server.UnixServerCleanupTests.test_unix_server_cleanup_prevented
  test("leaves the socket file with cleanupSocket: false", async () => {
    const server = await start(echo, path, { cleanupSocket: false });
    server.close();
    expect(existsSync(path)).toBe(true);
  });
});

// excused test_server.UnixServerCleanupTests.test_unix_server_sock_cleanup: Node has no way to hand over a socket that is bound
