import { once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";
import {
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
import { failure, turn, until } from "./waiting.ts";

// A user callback inside a handshake must not crash the process, whether it throws or destroys
// something while OpenSSL is on the stack. The latter used to cause segmentation faults, some only now
// and then, so each case runs several times.

const { key, cert, ca } = certificate();
const boom = new Error("boom");
const reports: { error: Error & { code?: string }; kind: string }[] = [];
let server: Server<TcpAddress> | undefined;

afterEach(async () => {
  reports.length = 0;
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
}

function onError(error: unknown, { kind }: ServerErrorInfo): void {
  reports.push({ error: error as Error, kind });
}

/** Upgrades to TLS, and reports a failure as a server reports one of its handshakes. */
async function upgrade(options: tls.TlsOptions, writer: StreamWriter): Promise<void> {
  writer.write("go ahead\n");
  try {
    await writer.startTls(options);
  } catch (error) {
    onError(error, { kind: "tls" });
    writer.abort();
  }
}

/** The port of a server with these TLS options, with TLS from the start or after an upgrade. */
async function listen(options: tls.TlsOptions, starts: boolean): Promise<number> {
  const settings = { key, cert, ...options };
  server = starts
    ? await startServer((_, writer) => upgrade(settings, writer), "127.0.0.1", 0, { onError })
    : await startServer(echo, "127.0.0.1", 0, { onError, tls: settings });
  return server.addresses[0]!.port;
}

async function handshake(port: number, starts: boolean, options: object): Promise<void> {
  const socket = net.connect(port, "127.0.0.1").on("error", () => {});
  if (starts) await once(socket, "data");
  const secure = tls.connect({ socket, ca, servername: "localhost", ...options });
  secure.on("error", () => {});
  await new Promise((resolve) => secure.on("close", resolve));
}

const psk = { ciphers: "PSK", maxVersion: "TLSv1.2" } as const;
const pskClient = {
  ...psk,
  pskCallback: () => ({ psk: Buffer.alloc(16, 1), identity: "x" }),
  checkServerIdentity() {},
};
const alpnClient = { ALPNProtocols: ["a"] };
const throws = () => {
  throw boom;
};
const rejects = () => Promise.reject(boom);

describe.each([
  ["startServer() with tls", false],
  ["StreamWriter.startTls() on a server", true],
])("%s", (_, starts) => {
  test.each<[string, object, object, unknown]>([
    ["SNICallback that throws", { SNICallback: throws }, {}, boom],
    ["async SNICallback that rejects", { SNICallback: rejects }, {}, boom],
    [
      "SNICallback that passes an error",
      { SNICallback: (__: string, done: (error: Error) => void) => done(boom) },
      {},
      boom,
    ],
    [
      "SNICallback that passes something other than an error",
      { SNICallback: (__: string, done: (error: unknown) => void) => done("boom") },
      {},
      expect.objectContaining({ cause: "boom" }),
    ],
    [
      "SNICallback that answers with options instead of a SecureContext",
      {
        SNICallback: (__: string, done: (e: null, c: object) => void) => done(null, { key, cert }),
      },
      {},
      expect.objectContaining({ message: "Invalid SNI context" }),
    ],
    [
      "SNICallback that answers twice",
      {
        SNICallback(__: string, done: (error: null) => void) {
          done(null);
          done(null);
        },
      },
      {},
      expect.objectContaining({ code: "ERR_MULTIPLE_CALLBACK" }),
    ],
    ["ALPNCallback that throws", { ALPNCallback: throws }, alpnClient, boom],
    [
      "ALPNCallback that answers with a protocol that was not offered",
      { ALPNCallback: () => "b" },
      alpnClient,
      expect.objectContaining({ code: "ERR_TLS_ALPN_CALLBACK_INVALID_RESULT" }),
    ],
    [
      "async ALPNCallback that rejects",
      { ALPNCallback: rejects },
      alpnClient,
      expect.objectContaining({ code: "ERR_SSL_NO_APPLICATION_PROTOCOL" }),
    ],
    ["pskCallback that throws", { ...psk, pskCallback: throws }, pskClient, boom],
    [
      "pskCallback that answers with a number",
      { ...psk, pskCallback: () => 5 },
      pskClient,
      expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
    ],
  ])("reports a %s, and keeps serving", async (__, options, client, error) => {
    const port = await listen(options, starts);
    const count = 10;
    for (let i = 1; i <= count; i++) {
      await handshake(port, starts, client);
      await until(() => reports.length === i);
    }
    expect(reports.every((report) => report.kind === "tls")).toBe(true);
    expect(reports.map((report) => report.error)).toEqual(
      Array.from({ length: count }, () => error),
    );
    await until(() => server?.connections === 0);
    expect(server?.isServing()).toBe(true);
  });
});

describe("Server.abortClients()", () => {
  test.each([
    ["SNICallback", {}],
    ["ALPNCallback", alpnClient],
  ])("can be called in a %s", async (name, client) => {
    const end = () => server?.abortClients();
    const port = await listen({ [name]: end }, false);
    for (let i = 0; i < 10; i++) {
      await handshake(port, false, client);
    }
    await until(() => server?.connections === 0);
    expect(reports).toEqual([]);
  });
});

describe("StreamWriter.abort()", () => {
  test("can be called in checkServerIdentity during startTls(), which rejects", async () => {
    const port = await listen({}, true);
    for (let i = 0; i < 10; i++) {
      const { reader, writer } = await openConnection("127.0.0.1", port);
      expect(String(await reader.readline())).toBe("go ahead\n");
      const checkServerIdentity = () => writer.abort() as undefined;
      const upgrading = writer.startTls({ ca, checkServerIdentity });
      expect(await failure(upgrading)).toMatchObject({ code: "ECONNRESET" });
      await until(() => server?.connections === 0);
    }
  });

  test("can be called in an ALPNCallback during startTls()", async () => {
    for (let i = 0; i < 10; i++) {
      server = await startServer(
        async (_, writer) => {
          const ALPNCallback = () => writer.abort() as undefined;
          await upgrade({ key, cert, ALPNCallback }, writer);
        },
        "127.0.0.1",
        0,
      );
      const { reader, writer } = await openConnection("127.0.0.1", server.addresses[0]!.port);
      await reader.readline();
      await writer.startTls({ ca, ...alpnClient }).catch(() => {});
      writer.abort();
      await until(() => server?.connections === 0);
      await server[Symbol.asyncDispose]();
    }
  });
});

describe("startServer() with tls", () => {
  test("reports a context that is not a SecureContext to onError, and closes the socket", async () => {
    server = await startServer(echo, "127.0.0.1", 0, { onError, tls: { context: {} } });
    const socket = net.connect(server.addresses[0]!.port, "127.0.0.1");
    await once(socket, "close");
    await until(() => server?.connections === 0);
    expect(reports).toEqual([{ error: expect.any(TypeError), kind: "tls" }]);
  });
});

describe("openConnection() with tls", () => {
  const connect = async (options: tls.ConnectionOptions, signal?: AbortSignal) => {
    const port = await listen(
      { ...(options.ciphers && { ...psk, pskCallback: () => null }) },
      false,
    );
    return openConnection("127.0.0.1", port, {
      tls: { ca, ...options },
      serverHostname: "localhost",
      ...(signal && { signal }),
    });
  };

  test.each<[string, tls.ConnectionOptions, unknown]>([
    ["checkServerIdentity that throws", { checkServerIdentity: throws }, boom],
    ["checkServerIdentity that returns an error", { checkServerIdentity: () => boom }, boom],
    [
      "checkServerIdentity that returns something other than an error",
      { checkServerIdentity: () => "no" as never },
      expect.objectContaining({ cause: "no" }),
    ],
    [
      "async checkServerIdentity, whose promise is not a valid answer",
      { checkServerIdentity: rejects as never },
      expect.objectContaining({ cause: expect.any(Promise) }),
    ],
    ["pskCallback that throws", { ...psk, pskCallback: throws }, boom],
    [
      "pskCallback that answers with a number",
      { ...psk, pskCallback: () => 5 as never },
      expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
    ],
  ])("rejects after a %s", async (_, options, error) => {
    expect(await failure(connect(options))).toEqual(error);
    await until(() => server?.connections === 0);
  });

  test.each<[string, tls.ConnectionOptions]>([
    ["a secureContext that is not a SecureContext", { secureContext: {} as never }],
    ["ALPNProtocols that are a number", { ALPNProtocols: 5 as never }],
    ["a pskCallback that is not a function", { pskCallback: 5 as never }],
  ])("rejects %s, and closes the socket", async (_, options) => {
    expect(await failure(connect(options))).toBeInstanceOf(Error);
    await until(() => server?.connections === 0);
  });

  test("can be aborted in checkServerIdentity", async () => {
    for (let i = 0; i < 10; i++) {
      const controller = new AbortController();
      const checkServerIdentity = () => controller.abort("enough") as undefined;
      const error = await failure(connect({ checkServerIdentity }, controller.signal));
      expect(error.cause).toBe("enough");
      await until(() => server?.connections === 0);
    }
  });

  test.each<[string, (host: string, options: object, callback: Function) => void, unknown]>([
    ["throws", throws, boom],
    ["passes an error on", (_h, _o, callback) => callback(boom), boom],
    ["returns nothing", (_h, _o, callback) => callback(null), { code: "ENOTFOUND" }],
    ["returns null", (_h, _o, callback) => callback(null, null), { code: "ENOTFOUND" }],
    ["returns an empty list", (_h, _o, callback) => callback(null, []), { code: "ENOTFOUND" }],
    ["returns a number", (_h, _o, callback) => callback(null, 5), { code: "ERR_INVALID_ARG_TYPE" }],
    [
      "returns a list of undefined",
      (_h, _o, callback) => callback(null, [undefined]),
      { code: "ERR_INVALID_ARG_TYPE" },
    ],
    [
      "returns a name",
      (_h, _o, callback) => callback(null, "x", 4),
      { code: "ERR_INVALID_ARG_TYPE" },
    ],
    [
      "answers twice",
      (_h, _o, callback) => {
        callback(boom);
        callback(null, "127.0.0.1", 4);
      },
      boom,
    ],
  ])("rejects if lookup %s", async (_, lookup, error) => {
    const found = await failure(openConnection("host.test", 1, { lookup }));
    if (error === boom) expect(found).toBe(boom);
    else expect(found).toMatchObject(error as object);
    await turn();
  });
});
