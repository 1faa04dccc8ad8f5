import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Connection,
  type ServerOptions,
  type StreamReader,
  type StreamWriter,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "@aio/streams";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { Program, hasProgram } from "./peers/program.ts";

const { key, cert, ca } = certificate();
let directory: string;
const file = (name: string): string => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "aio-peers-"));
  for (const [name, text] of Object.entries({ key, cert, ca })) writeFileSync(file(name), text);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The counterpart of serve() in peers/asyncio_peer.py. */
async function serve(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const bytes of reader) {
    const line = String(bytes);
    if (line === "STARTTLS\n") {
      writer.write("go ahead\n");
      await writer.startTls({ key, cert });
    } else if (/^\d+\n$/.test(line)) {
      writer.write(await reader.readexactly(Number(line)));
    } else {
      writer.write(line);
    }
    await writer.drain();
  }
  // Python's TLS does not accept data after it has sent its end.
  if (writer.getExtraInfo("sslObject") === undefined) writer.write("bye");
}

/** The counterpart of converse() there. */
async function converse({ reader, writer }: Connection): Promise<void> {
  writer.write("hello\n");
  expect(String(await reader.readline())).toBe("hello\n");
  const block = Buffer.alloc(1 << 20, "0123456789abcdef");
  writer.write(`${block.length}\n`);
  writer.write(block);
  expect((await reader.readexactly(block.length)).equals(block)).toBe(true);
  writer.close();
  await writer.waitClosed();
}

async function listening(options?: ServerOptions): Promise<AsyncDisposable & { port: string }> {
  const server = await startServer(serve, "127.0.0.1", 0, options);
  return {
    port: String(server.addresses[0]?.port),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe.runIf(hasProgram("python3"))("CPython's asyncio as the client", () => {
  test("speaks over TCP, and keeps reading after a half-close", async () => {
    await using server = await listening();
    await using peer = Program.asyncio("client", server.port);
    expect(await peer.ended()).toBe("hello\nTrue\nbye\n");
  });

  test("speaks over TLS", async () => {
    await using server = await listening({ tls: { key, cert } });
    await using peer = Program.asyncio("client", server.port, file("ca"));
    expect(await peer.ended()).toBe("hello\nTrue\n");
  });

  test("speaks over a Unix socket", async () => {
    await using server = await startUnixServer(serve, file("ours"));
    await using peer = Program.asyncio("unix_client", file("ours"));
    expect(await peer.ended()).toBe("hello\nTrue\nbye\n");
    expect(server.isServing()).toBe(true);
  });

  test("upgrades to TLS", async () => {
    await using server = await listening();
    await using peer = Program.asyncio("starttls_client", server.port, file("ca"));
    expect(await peer.ended()).toBe("go ahead\nhello\nTrue\n");
  });
});

describe.runIf(hasProgram("python3"))("CPython's asyncio as the server", () => {
  test("speaks over TCP", async () => {
    await using peer = Program.asyncio("server");
    const port = Number(await peer.printed(/^\d+/));
    await converse(await openConnection("127.0.0.1", port));
  });

  test("keeps reading after a half-close", async () => {
    await using peer = Program.asyncio("server");
    const port = Number(await peer.printed(/^\d+/));
    await using connection = await openConnection("127.0.0.1", port);
    connection.writer.writeEof();
    expect(String(await connection.reader.read())).toBe("bye");
  });

  test("speaks over TLS", async () => {
    await using peer = Program.asyncio("server", file("cert"), file("key"), "tls");
    const port = Number(await peer.printed(/^\d+/));
    const options = { tls: { ca }, serverHostname: "localhost" };
    await converse(await openConnection("127.0.0.1", port, options));
  });

  test("speaks over a Unix socket", async () => {
    await using peer = Program.asyncio("unix_server", file("theirs"));
    await peer.printed(/ready/);
    await converse(await openUnixConnection(file("theirs")));
  });

  test("upgrades to TLS", async () => {
    await using peer = Program.asyncio("server", file("cert"), file("key"));
    const port = Number(await peer.printed(/^\d+/));
    const connection = await openConnection("127.0.0.1", port);
    const { reader, writer } = connection;
    writer.write("STARTTLS\n");
    expect(String(await reader.readline())).toBe("go ahead\n");
    await writer.startTls({ ca });
    await converse(connection);
  });
});

async function freePort(): Promise<number> {
  await using server = await startServer(serve, "127.0.0.1", 0);
  return server.addresses[0]!.port;
}

describe.runIf(hasProgram("openssl"))("OpenSSL, where it is installed,", () => {
  test("s_client speaks TLS with startServer()", async () => {
    await using server = await listening({ tls: { key, cert } });
    const connect = ["-connect", `127.0.0.1:${server.port}`, "-CAfile", file("ca")];
    const verify = ["-verify_return_error", "-verify_hostname", "localhost", "-quiet"];
    await using peer = new Program("openssl", ["s_client", ...connect, ...verify]);
    peer.type("hello\n");
    await peer.printed(/^hello$/m);
  });

  test("s_server speaks TLS with openConnection()", async () => {
    const port = await freePort();
    const identity = ["-cert", file("cert"), "-key", file("key")];
    const accept = ["-accept", `127.0.0.1:${port}`, "-rev"];
    await using peer = new Program("openssl", ["s_server", ...accept, ...identity]);
    await peer.printed(/ACCEPT/);
    const [reader, writer] = await openConnection("127.0.0.1", port, { tls: { ca } });
    writer.write("hello\n");
    expect(String(await reader.readline())).toBe("olleh\n");
    writer.close();
    await writer.waitClosed();
  });
});

/** Just enough HTTP/1.1 to keep connections alive and read bodies. */
async function http(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for (;;) {
    const head = String(await reader.readuntil("\r\n\r\n").catch(() => ""));
    if (head === "") return;
    const size = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const body = await reader.readexactly(size);
    const answer = `${head.split(" ", 2).join(" ")} with ${body.length} bytes\n`;
    writer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
  }
}

describe.runIf(hasProgram("curl"))("curl, where it is installed,", () => {
  const body = "x".repeat(200_000);

  test("gets and posts over one connection, in plaintext and over TLS", async () => {
    for (const scheme of ["http", "https"]) {
      const options = scheme === "https" ? { tls: { key, cert } } : {};
      let clients = 0;
      const counting = (reader: StreamReader, writer: StreamWriter): Promise<void> => {
        clients++;
        return http(reader, writer);
      };
      await using server = await startServer(counting, "127.0.0.1", 0, options);
      const url = `${scheme}://localhost:${server.addresses[0]?.port}`;
      writeFileSync(file("body"), body);
      const post = ["-d", `@${file("body")}`, "-H", "Expect:", `${url}/post`];
      const get = [`${url}/get`, "--next", "-sS", "--cacert", file("ca")];
      await using peer = new Program("curl", [
        "-4",
        "-sS",
        "--cacert",
        file("ca"),
        ...get,
        ...post,
      ]);
      const printed = await peer.ended();
      expect(printed).toBe(`GET /get with 0 bytes\nPOST /post with ${body.length} bytes\n`);
      expect(clients).toBe(1);
    }
  });

  test("gets over a Unix socket", async () => {
    await using server = await startUnixServer(http, file("http"));
    const { path } = server.addresses[0]!;
    await using peer = new Program("curl", ["-sS", "--unix-socket", path, "http://localhost/get"]);
    expect(await peer.ended()).toBe("GET /get with 0 bytes\n");
  });
});

describe.runIf(hasProgram("nc"))("nc, where it is installed,", () => {
  test("talks over a Unix socket, and keeps reading after a half-close", async () => {
    await using server = await startUnixServer(serve, file("nc"));
    await using peer = new Program("nc", ["-N", "-U", server.addresses[0]!.path]);
    peer.type("hello\n");
    await peer.printed(/^hello$/m);
    peer.end();
    expect(await peer.ended()).toBe("hello\nbye");
  });
});

describe.runIf(hasProgram("socat"))("socat, where it is installed,", () => {
  test("talks over a Unix socket, and keeps reading after a half-close", async () => {
    await using server = await startUnixServer(serve, file("socat"));
    const { path } = server.addresses[0]!;
    await using peer = new Program("socat", ["-t", "5", "-", `UNIX-CONNECT:${path}`]);
    peer.type("hello\n");
    await peer.printed(/^hello$/m);
    peer.end();
    expect(await peer.ended()).toBe("hello\nbye");
  });

  // Node 20 pads the name with NULs; socat does not.
  const isExact = !process.version.startsWith("v20.");

  test.runIf(isExact)("speaks over an abstract name", async () => {
    const name = `aio-socat-${process.pid}`;
    await using server = await startUnixServer(serve, `\0${name}`);
    await using peer = new Program("socat", ["-t", "5", "-", `ABSTRACT-CONNECT:${name}`]);
    peer.type("hello\n");
    await peer.printed(/^hello$/m);
    peer.end();
    expect(await peer.ended()).toBe("hello\nbye");
    expect(server.isServing()).toBe(true);
  });
});

describe.runIf(hasProgram("redis-server"))("Redis, where it is installed,", () => {
  test("answers pipelined commands in order", async () => {
    const port = await freePort();
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
    await using peer = new Program("redis-server", [...options, "--appendonly", "no"]);
    await peer.printed(/Ready to accept connections/);
    await using connection = await openConnection("127.0.0.1", port);
    const { reader, writer } = connection;
    const count = 10_000;
    for (let i = 0; i < count; i++) writer.write(resp("SET", `key${i}`, `value\r\n${i}`));
    for (let i = 0; i < count; i++) writer.write(resp("GET", `key${i}`));
    for (let i = 0; i < count; i++) {
      expect(String(await reader.readuntil("\r\n"))).toBe("+OK\r\n");
    }
    for (let i = 0; i < count; i++) {
      const size = Number(String(await reader.readuntil("\r\n")).slice(1));
      expect(String(await reader.readexactly(size + 2))).toBe(`value\r\n${i}\r\n`);
    }
  });
});

function resp(...words: string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}
