import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import * as net from "node:net";
import { fileURLToPath } from "node:url";
import { LimitOverrunError } from "@aio/errors";
import {
  type Server,
  type ServerErrorInfo,
  type ServerOptions,
  type StreamReader,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { Program, runsTypeScript } from "./peers/program.ts";
import { until } from "./waiting.ts";

const { key, cert, ca } = certificate();
const reports: (ServerErrorInfo & { error: unknown })[] = [];
let server: Server<TcpAddress>;
let port: number;
let before: number;

/** The number of descriptors that this process has open. */
function descriptors(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

beforeAll(async () => {
  // Deno opens descriptors of its own, and keeps them, when the first connection is made, and when it
  // first listens for a signal, such as that of a child that ends.
  if ("Deno" in globalThis) process.on("SIGUSR2", () => {});
  await start();
  for (let n = 0; n < 10; n += 1) (await openConnection("127.0.0.1", port)).writer.abort();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => {
  reports.length = 0;
  before = descriptors();
});
afterEach(async () => {
  // After any abuse, the server still serves, and leaks nothing when it closes.
  const tls = port === securePort ? { tls: { ca } } : {};
  {
    await using connection = await openConnection("127.0.0.1", port, tls);
    connection.writer.write("hello\n");
    expect(String(await connection.reader.readline())).toBe("hello\n");
  }
  await server[Symbol.asyncDispose]();
  await until(() => !process.getActiveResourcesInfo().some((name) => /^(TCP|TLS)/.test(name)));
  // Fewer are left if something of an earlier test was still closing.
  await until(() => descriptors() <= before);
});

let securePort = 0;

async function start(options?: ServerOptions, handler = echo): Promise<void> {
  server = await startServer(handler, "127.0.0.1", 0, {
    onError: (error, info) => reports.push({ ...info, error }),
    ...options,
  });
  ({ port } = server.addresses[0]!);
  securePort = options?.tls === undefined ? 0 : port;
}

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) {
    writer.write(line);
    await writer.drain();
  }
}

async function rawClient(): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await until(() => !socket.connecting);
  return socket;
}

describe("A server", () => {
  test("serves a thousand clients at once", { timeout: 30_000 }, async () => {
    // With asyncio's backlog of 100, most of them would have to retry, after a second or more.
    await start({ backlog: 2000 });
    const count = 1000;
    const connections = await Promise.all(
      Array.from({ length: count }, () => openConnection("127.0.0.1", port)),
    );
    await until(() => server.connections === count);
    const answers = await Promise.all(
      connections.map(({ reader, writer }, index) => {
        writer.write(`${index}\n`);
        return reader.readline();
      }),
    );
    expect(answers.map(Number)).toEqual(connections.map((_, index) => index));
    for (const { writer } of connections) writer.close();
    await until(() => server.connections === 0);
    expect(reports).toEqual([]);
  });

  test("survives clients that disconnect in the middle of a line (nodejs/help#1807)", async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 100 }, rawClient));
    await until(() => server.connections === 100);
    for (const [index, client] of clients.entries()) {
      client.write("half a li", () => {
        if (index % 2 === 0) client.resetAndDestroy();
        else client.destroy();
      });
    }
    await until(() => server.connections === 0);
    // A reset fails the handler's read; other disconnects only end the input. Node 20 and 22 send an end
    // instead of a reset.
    const codes = reports.map(({ error }) => (error as { code: string }).code);
    expect(codes.filter((code) => code !== "ECONNRESET")).toEqual([]);
  });

  test("survives clients that reset without waiting to be accepted", async () => {
    await start();
    const clients = Array.from({ length: 100 }, () => {
      const socket = net.connect(port, "127.0.0.1", () => socket.resetAndDestroy());
      return socket.on("error", () => {});
    });
    await until(() => clients.every(({ closed }) => closed));
    await until(() => server.connections === 0);
  });

  test("serves a client that sends one byte at a time", async () => {
    await start();
    const client = await rawClient();
    client.setNoDelay(true);
    let answer = "";
    client.on("data", (chunk) => (answer += String(chunk)));
    for (const byte of "one\nbyte\nat a time\n") {
      await new Promise((resolve) => client.write(byte, resolve));
    }
    await until(() => answer === "one\nbyte\nat a time\n");
    client.destroy();
  });

  test("drops a client that sends an endless line", async () => {
    await start();
    const client = await rawClient();
    client.resume();
    client.write(Buffer.alloc(1 << 20, "x"));
    await until(() => client.closed || client.readableEnded);
    client.destroy();
    expect(reports).toMatchObject([{ kind: "handler", error: expect.any(LimitOverrunError) }]);
  });

  test("applies backpressure to a client that floods a handler that does not read", async () => {
    const waiting: (() => void)[] = [];
    let flooded: StreamReader | undefined;
    await start({}, async (reader, writer) => {
      if (flooded === undefined) {
        flooded = reader;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      await echo(reader, writer);
    });
    const client = await rawClient();
    const chunk = Buffer.alloc(65_536, `${"x".repeat(63)}\n`);
    let sent = 0;
    const flood = (): void => {
      while (sent < 64 << 20 && client.write(chunk)) sent += chunk.length;
    };
    client.on("drain", flood);
    flood();
    let last = -1;
    await until(() => {
      const stands = flooded !== undefined && sent === last;
      last = sent;
      return stands;
    });
    const [kernel, buffered] = [client.bytesWritten, flooded?.bufferedLength ?? 0];
    expect(kernel).toBeLessThan(64 << 20);
    // Twice the limit, plus the chunk that exceeded it.
    expect(buffered).toBeLessThanOrEqual(3 * 65_536);
    client.destroy();
    waiting[0]?.();
  });

  test("waits for a client that never reads, and can abort it", async () => {
    let written = 0;
    await start({}, async (reader, writer) => {
      if ((await reader.readline()).toString() === "hello\n") {
        writer.write("hello\n");
        return;
      }
      for (;;) {
        writer.write(Buffer.alloc(65_536));
        written += 65_536;
        await writer.drain();
      }
    });
    const client = await rawClient();
    client.write("more\n");
    let last = -1;
    await until(() => {
      const stands = written > 0 && written === last;
      last = written;
      return stands;
    });
    server.abortClients();
    await until(() => server.connections === 0);
    client.destroy();
    // The handler's drain() rejected.
    await until(() => reports.length === 1);
    expect(reports).toMatchObject([{ kind: "handler", error: { code: "ECONNRESET" } }]);
  });
});

/** The bytes of a ClientHello, which opens a TLS handshake. */
async function clientHello(): Promise<Buffer> {
  let hello: Buffer = Buffer.alloc(0);
  const spy = async (reader: StreamReader): Promise<void> => {
    hello = await reader.read(65_536);
  };
  await using listener = await startServer(spy, "127.0.0.1", 0);
  const there = listener.addresses[0]!;
  await openConnection(there.address, there.port, { tls: true }).catch(() => {});
  return hello;
}

describe("A TLS server", () => {
  test("survives clients that reset, end or send nonsense at any point of the handshake", async () => {
    const hello = await clientHello();
    await start({ tls: { key, cert }, tlsHandshakeTimeout: 2000 });
    const cuts = [0, 1, 4, 5, 6, 43, hello.length - 1, hello.length];
    const leave = [
      (client: net.Socket) => client.resetAndDestroy(),
      (client: net.Socket) => client.end(),
      (client: net.Socket) => client.destroy(),
      (client: net.Socket) => client.end("nonsense".repeat(1000)),
    ];
    const clients = await Promise.all(
      cuts.flatMap((cut) =>
        leave.map(async (end) => {
          const client = await rawClient();
          client.resume();
          client.write(hello.subarray(0, cut), () => end(client));
          return client;
        }),
      ),
    );
    await until(() => clients.every(({ closed }) => closed) && server.connections === 0);
    await until(() => reports.length === clients.length);
    expect(new Set(reports.map(({ kind }) => kind))).toEqual(new Set(["tls"]));
  });
});

function mostDescriptors(): number {
  return Number(execFileSync("sh", ["-c", "ulimit -Hn"])) || Number.POSITIVE_INFINITY;
}

/** Run a program of the folder abuse, after the shell command `first`. */
function script(name: string, first: string, ...args: string[]): Program {
  const path = fileURLToPath(new URL(`abuse/${name}`, import.meta.url));
  const condition = process.env["AIO_DIST"] === "1" ? "" : "--conditions=@aio/source";
  const command = `${first}\nexec "$0" ${condition} "$@"`;
  return new Program("sh", ["-c", command, process.execPath, path, ...args]);
}

describe.runIf(runsTypeScript && mostDescriptors() > 11_000)(
  "A server with enough descriptors",
  () => {
    test("serves ten thousand clients at once", { timeout: 60_000 }, async () => {
      await start({ backlog: 2000 });
      // In another process, since one process may not have enough descriptors for both ends.
      await using clients = script("ten-thousand.ts", "", String(port));
      await clients.printed(/all are open/);
      await until(() => server.connections === 10_000);
      clients.type("ask\n");
      await clients.printed(/10000 were answered/);
      await until(() => server.connections === 0);
      expect(reports).toEqual([]);
    });
  },
);

describe.runIf(runsTypeScript)("A process without descriptors left", () => {
  beforeEach(() => start());

  test(
    "rejects new connections, and serves again once descriptors are free",
    { timeout: 20_000 },
    async () => {
      await using child = script("few-descriptors.ts", "ulimit -n 48");
      expect(await child.ended()).toMatch(/^refused with EMFILE\nstill serving\n$/);
    },
  );
});
