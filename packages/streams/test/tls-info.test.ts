import * as net from "node:net";
import * as tls from "node:tls";
import {
  type Connection,
  type Server,
  type ServerErrorInfo,
  type ServerTls,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { failure, isPending, until } from "./waiting.ts";

const { key, cert, ca } = certificate();
const stranger = certificate("DNS:stranger.test");
const closing: { [Symbol.asyncDispose](): PromiseLike<void> }[] = [];
const reports: { error: Error & { code?: string }; info: ServerErrorInfo }[] = [];

afterEach(async () => {
  reports.length = 0;
  await Promise.all(closing.splice(0).map((each) => each[Symbol.asyncDispose]()));
});

async function start(settings: ServerTls): Promise<[Server<TcpAddress>, Promise<StreamWriter>]> {
  let tell: (writer: StreamWriter) => void;
  const served = new Promise<StreamWriter>((resolve) => (tell = resolve));
  const server = await startServer((_, writer) => tell(writer), "127.0.0.1", 0, {
    tls: settings,
    onError: (error, info) => reports.push({ error: error as Error, info }),
  });
  closing.push(server);
  return [server, served];
}

async function connect(
  server: Server<TcpAddress>,
  settings: tls.ConnectionOptions,
  serverHostname = "localhost",
): Promise<Connection> {
  const { port } = server.addresses[0]!;
  const options = { tls: { ca, ...settings }, serverHostname };
  const connection = await openConnection("127.0.0.1", port, options);
  closing.push(connection);
  return connection;
}

function infoOf(writer: StreamWriter): unknown {
  return {
    peer: writer.getExtraInfo("peercert")?.subject.CN,
    cipher: writer.getExtraInfo("cipher")?.name,
    authorized: writer.getExtraInfo("authorized"),
    authorizationError: writer.getExtraInfo("authorizationError"),
  };
}

describe("StreamWriter.getExtraInfo() over TLS", () => {
  test("returns the same after the connection is closed, on both sides", async () => {
    const [server, served] = await start({ key, cert, ca, requestCert: true });
    const { writer } = await connect(server, { key, cert });
    const theirs = await served;
    const before = [infoOf(writer), infoOf(theirs)];
    expect(before).toMatchObject([
      { peer: "aio", cipher: expect.stringMatching(/^TLS_/), authorized: true },
      { peer: "aio", cipher: expect.stringMatching(/^TLS_/), authorized: true },
    ]);
    const context = writer.getExtraInfo("sslcontext");
    expect(context).toBeDefined();
    writer.abort();
    await writer.waitClosed();
    theirs.close();
    await until(() => server.connections === 0);
    expect([infoOf(writer), infoOf(theirs)]).toEqual(before);
    expect(writer.getExtraInfo("sslcontext")).toBe(context);
    expect(writer.getExtraInfo("sslObject")).toBeInstanceOf(tls.TLSSocket);
  });

  test("distinguishes an untrusted certificate from a verified one", async () => {
    const settings = { ...stranger, ca, requestCert: true, rejectUnauthorized: false };
    const [server, served] = await start(settings);
    const { writer } = await connect(server, { ...stranger, ca, rejectUnauthorized: false });
    for (const each of [writer, await served]) {
      expect(each.getExtraInfo("peercert")?.subject.CN).toBe("aio");
      expect(each.getExtraInfo("authorized")).toBe(false);
      expect(each.getExtraInfo("authorizationError")).toMatch(/^UNABLE_TO_|^SELF_SIGNED/);
    }
  });

  test("reports unauthorized if no certificate was requested, and undefined without TLS", async () => {
    const [server, served] = await start({ key, cert });
    await connect(server, {});
    const theirs = await served;
    expect(theirs.getExtraInfo("authorized")).toBe(false);
    expect(theirs.getExtraInfo("authorizationError")).toBeUndefined();
    expect(theirs.getExtraInfo("peercert")).toBeUndefined();
    const plain = await startServer(() => {}, "127.0.0.1", 0);
    closing.push(plain);
    await using connection = await openConnection("127.0.0.1", plain.addresses[0]!.port);
    expect(connection.writer.getExtraInfo("authorized")).toBeUndefined();
    expect(connection.writer.getExtraInfo("toString")).toBeUndefined();
  });

  test("reports the peer of an adopted TLS socket", async () => {
    const [server] = await start({ key, cert });
    const { port } = server.addresses[0]!;
    const socket = tls.connect({ port, host: "127.0.0.1", ca, servername: "localhost" });
    const { writer } = await openConnection({ socket });
    expect(infoOf(writer)).toMatchObject({ peer: "aio", authorized: true });
    writer.abort();
    await writer.waitClosed();
    expect(infoOf(writer)).toMatchObject({ peer: "aio", authorized: true });
  });
});

/**
 * A proxy that holds back the last flight of a handshake, and everything after it, until `release()`.
 * `isHeld` becomes true when `side` has sent its part up to there.
 */
async function holdingLastFlight(side: "client" | "server", target: number) {
  const state = { port: 0, isHeld: false, release: () => {} };
  const proxy = net.createServer((near) => {
    const far = net.connect(target, "127.0.0.1");
    let flights = 0;
    let isReleased = false;
    const held: (() => void)[] = [];
    const pass = (from: net.Socket, to: net.Socket): void => {
      const isClient = from === near;
      from.on("error", () => to.destroy()).on("close", () => to.destroy());
      from.on("data", (chunk: Buffer) => {
        if (isClient) flights++;
        if (flights < 2 || isReleased || (isClient && side === "server")) {
          to.write(chunk);
        } else {
          held.push(() => to.write(chunk));
          state.isHeld = true;
        }
      });
    };
    pass(near, far);
    pass(far, near);
    state.release = () => {
      isReleased = true;
      for (const send of held) send();
    };
  });
  proxy.listen(0, "127.0.0.1");
  await until(() => proxy.listening);
  state.port = (proxy.address() as net.AddressInfo).port;
  closing.push({
    [Symbol.asyncDispose]: () => new Promise((resolve) => proxy.close(() => resolve())),
  });
  return state;
}

describe("openConnection({ socket }) with a TLS socket during its handshake", () => {
  test("waits on a server until the client's last flight, which has its certificate", async () => {
    const accepted: net.Socket[] = [];
    const listener = net.createServer((raw) => accepted.push(raw)).listen(0, "127.0.0.1");
    await until(() => listener.listening);
    const { port } = listener.address() as net.AddressInfo;
    const proxy = await holdingLastFlight("client", port);
    const client = tls.connect({ port: proxy.port, host: "127.0.0.1", key, cert, ca });
    client.on("error", () => {});
    await until(() => accepted.length === 1);
    const socket = new tls.TLSSocket(accepted[0]!, {
      isServer: true,
      requestCert: true,
      key,
      cert,
      ca,
    });
    await until(() => proxy.isHeld);
    const opening = openConnection({ socket, serverSide: true });
    expect(await isPending(opening)).toBe(true);
    proxy.release();
    const { writer } = await opening;
    expect(writer.getExtraInfo("peercert")?.subject.CN).toBe("aio");
    writer.abort();
    await writer.waitClosed();
    client.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });

  test("rejects on a TLS 1.2 client that has sent its part, if the certificate is not trusted", async () => {
    const [server] = await start({ key, cert });
    const proxy = await holdingLastFlight("server", server.addresses[0]!.port);
    const socket = tls.connect({ port: proxy.port, host: "127.0.0.1", maxVersion: "TLSv1.2" });
    await until(() => proxy.isHeld);
    const error = failure(openConnection({ socket }));
    proxy.release();
    expect((await error).code).toMatch(/^UNABLE_TO_|^SELF_SIGNED/);
    expect(socket.destroyed).toBe(true);
  });

  test("rejects if the certificate is not trusted", async () => {
    const [server] = await start({ key, cert });
    const { port } = server.addresses[0]!;
    const socket = tls.connect({ port, host: "127.0.0.1", servername: "localhost" });
    const error = await failure(openConnection({ socket }));
    expect(error.code).toMatch(/^UNABLE_TO_|^SELF_SIGNED/);
    expect(socket.destroyed).toBe(true);
  });

  test("rejects with CancelledError when the signal aborts, and destroys the socket", async () => {
    const silent = net.createServer((peer) => peer.resume()).listen(0, "127.0.0.1");
    await until(() => silent.listening);
    const { port } = silent.address() as net.AddressInfo;
    const raw = net.connect(port, "127.0.0.1");
    await until(() => !raw.connecting);
    const socket = tls.connect({ socket: raw, servername: "localhost" });
    const controller = new AbortController();
    const opening = failure(openConnection({ socket, signal: controller.signal }));
    controller.abort("enough");
    expect((await opening).cause).toBe("enough");
    await until(() => socket.destroyed && raw.destroyed);
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe("startServer() with a client certificate that it does not trust", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("reports why, over %s", async (version) => {
    const [server] = await start({ key, cert, ca, requestCert: true, maxVersion: version });
    const connection = await connect(server, { ...stranger, ca }).catch(() => undefined);
    await connection?.reader.read().catch(() => {});
    await until(() => reports.length === 1);
    const [{ error, info }] = reports as [(typeof reports)[0]];
    expect(info).toMatchObject({ kind: "tls", peername: { address: "127.0.0.1" } });
    expect(error.code).toMatch(/^UNABLE_TO_|^SELF_SIGNED/);
    expect(error.message).toBe(`Cannot accept the client's certificate: ${error.code}`);
  });

  test("reports a client without a certificate", async () => {
    const [server] = await start({ key, cert, ca, requestCert: true });
    const connection = await connect(server, {});
    await failure(connection.reader.readexactly(1));
    await until(() => reports.length === 1);
    expect(reports[0]?.error.message).toContain("did not return a certificate");
  });
});

describe("openConnection() with checkServerIdentity", () => {
  test.each([
    ["a name", "localhost", "localhost"],
    ["no name to check", "", ""],
    ["an address", "127.0.0.1", "127.0.0.1"],
  ])("calls it, and respects its result, with %s", async (_, serverHostname, expected) => {
    const [server] = await start({ key, cert });
    const asked: string[] = [];
    let verdict: Error | undefined;
    const checkServerIdentity = (host: string): Error | undefined => {
      asked.push(host);
      return verdict;
    };
    await connect(server, { checkServerIdentity }, serverHostname);
    verdict = new Error("another fingerprint");
    expect(await failure(connect(server, { checkServerIdentity }, serverHostname))).toBe(verdict);
    expect(asked).toEqual([expected, expected]);
  });

  test.each([null, false, "no"])("rejects if it is %o, and not a function", async (wrong) => {
    const [server] = await start({ key, cert });
    const checkServerIdentity = wrong as never;
    expect(await failure(connect(server, { checkServerIdentity }, "other.test"))).toBeInstanceOf(
      TypeError,
    );
  });

  test("calls it in startTls(), too, without a name to check", async () => {
    const server = await startServer(
      async (_, theirs) => {
        theirs.write("go ahead\n");
        await theirs.startTls({ key, cert }).catch(() => {});
      },
      "127.0.0.1",
      0,
    );
    closing.push(server);
    const { reader, writer } = await openConnection("127.0.0.1", server.addresses[0]!.port);
    await reader.readline();
    const verdict = new Error("another fingerprint");
    const settings = { ca, checkServerIdentity: () => verdict };
    expect(await failure(writer.startTls(settings, { serverHostname: "" }))).toBe(verdict);
  });
});
