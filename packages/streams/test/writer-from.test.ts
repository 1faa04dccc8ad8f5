import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import { Duplex, PassThrough, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip, createGzip } from "node:zlib";
import { failureOf, isPending, pattern, until } from "@aio/contract";
import { StreamReader, StreamWriter } from "@aio/streams";
import { describe, expect, test } from "vitest";

async function socketPair(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const accepted = once(server, "connection") as Promise<[net.Socket]>;
  const near = net.connect(port, "127.0.0.1");
  const [far] = await accepted;
  server.close();
  return [near, far];
}

describe("StreamWriter.from(), of a Duplex,", () => {
  test("leaves the readable side to the caller", async () => {
    const gzip = createGzip();
    const writer = StreamWriter.from(gzip);
    const sent = randomBytes(2_000_000);
    const chunks: Buffer[] = [];
    const unzipped = gzip.pipe(createGunzip()).on("data", (chunk: Buffer) => chunks.push(chunk));
    const ended = once(unzipped, "end");
    for (let start = 0; start < sent.length; start += 50_000) {
      writer.write(sent.subarray(start, start + 50_000));
      await writer.drain();
    }
    writer.close();
    await Promise.all([writer.waitClosed(), ended]);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  test("waits in drain() until the readable side is read", async () => {
    const through = new PassThrough();
    const writer = StreamWriter.from(through);
    writer.write(Buffer.alloc(200_000));
    const drain = writer.drain();
    expect(await isPending(drain)).toBe(true);
    through.resume();
    await drain;
    writer.abort();
  });

  test("keeps data that the Duplex yields after close()", async () => {
    const sort = spawn("sort", { stdio: ["pipe", "pipe", "ignore"] });
    const duplex = Duplex.from({ writable: sort.stdin, readable: sort.stdout });
    const writer = StreamWriter.from(duplex);
    writer.write("b\na\n");
    writer.close();
    await writer.waitClosed();
    expect(writer.isClosing()).toBe(true);
    expect(String(await StreamReader.from(duplex).read())).toBe("a\nb\n");
  });

  test("does not read, so a reader can share the socket", async () => {
    const [near, far] = await socketPair();
    const reader = StreamReader.from(near);
    const writer = StreamWriter.from(near);
    const sent = pattern(1_000_000);
    far.end(sent);
    expect((await reader.read()).equals(sent)).toBe(true);
    // End of input does not end the output.
    writer.write("still here");
    writer.close();
    expect(String(await once(far, "data").then(([data]) => data as Buffer))).toBe("still here");
    await writer.waitClosed();
    await until(() => near.destroyed);
  });

  test("fails with the error of either side", async () => {
    const [near, far] = await socketPair();
    const writer = StreamWriter.from(near);
    writer.write(Buffer.alloc(24 << 20));
    const drain = failureOf(writer.drain());
    far.resetAndDestroy();
    expect(await drain).toHaveProperty("code", expect.stringMatching(/ECONNRESET|EPIPE/));
    expect(await failureOf(writer.waitClosed())).toBe(await drain);
  });

  test("destroys both sides when it is aborted, and exposes the target as socket", async () => {
    const [near, far] = await socketPair();
    const writer = StreamWriter.from(near);
    expect(writer.socket).toBe(near);
    expect(writer.getExtraInfo("socket")).toBe(near);
    expect(writer.getExtraInfo("peername")?.port).toBe(near.remotePort);
    writer.abort();
    await writer.waitClosed();
    expect(near.destroyed).toBe(true);
    far.destroy();
  });
});

describe("StreamWriter.from(), of a Writable whose write() throws,", () => {
  test("fails with the error, also of a chunk that was queued", async () => {
    const broken = new Error("broken");
    const target = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done) });
    const write = target.write.bind(target);
    let calls = 0;
    target.write = (...args: unknown[]): boolean => {
      calls += 1;
      if (calls === 2) throw broken;
      return write(...(args as Parameters<typeof write>));
    };
    const writer = StreamWriter.from(target);
    writer.write(Buffer.alloc(10_000));
    writer.write(Buffer.alloc(10_000));
    expect(await failureOf(writer.waitClosed())).toBe(broken);
    expect(calls).toBe(2);
  });
});

describe("StreamWriter.from(), of an HTTP message,", () => {
  async function serve(handler: http.RequestListener): Promise<[http.Server, number]> {
    const server = http.createServer(handler).listen(0, "127.0.0.1");
    await once(server, "listening");
    return [server, (server.address() as net.AddressInfo).port];
  }

  test("sends the body of a request and of a response, with backpressure, and ends it", async () => {
    const sent = pattern(1_000_000);
    const echo = async (request: http.IncomingMessage, writer: StreamWriter): Promise<void> => {
      for await (const chunk of request) {
        writer.write(chunk as Buffer);
        await writer.drain();
      }
      writer.close();
    };
    const [server, port] = await serve((request, response) => {
      void echo(request, StreamWriter.from(response));
    });
    const request = http.request({ port, host: "127.0.0.1", method: "POST", agent: false });
    const answered = once(request, "response") as Promise<[http.IncomingMessage]>;
    const writer = StreamWriter.from(request);
    writer.write(sent);
    const drained = writer.drain();
    const [response] = await answered;
    const [received] = await Promise.all([buffer(response), drained.then(() => writer.close())]);
    expect(received.equals(sent)).toBe(true);
    await writer.waitClosed();
    server.close();
  });

  test("fails when the client disconnects, and disconnects it on abort()", async () => {
    const responses: http.ServerResponse[] = [];
    const [server, port] = await serve((_, response) => {
      responses.push(response);
      response.flushHeaders();
    });
    const get = async (): Promise<[http.ClientRequest, StreamWriter]> => {
      const request = http.get({ port, host: "127.0.0.1", agent: false });
      request.on("error", () => {});
      await once(request, "response");
      return [request, StreamWriter.from(responses.pop()!)];
    };
    const [request, writer] = await get();
    request.destroy();
    const code = "ERR_STREAM_PREMATURE_CLOSE";
    expect(await failureOf(writer.waitClosed())).toHaveProperty("code", code);
    const [aborted, other] = await get();
    other.abort();
    await other.waitClosed();
    await until(() => aborted.destroyed);
    server.close();
  });
});

describe("StreamWriter.from()", () => {
  test("closes when other code ends the target, and fails when other code destroys it", async () => {
    const ended = new PassThrough();
    const first = StreamWriter.from(ended);
    ended.end();
    await first.waitClosed();
    const destroyed = new Writable({ write: (_1, _2, done) => done() });
    const second = StreamWriter.from(destroyed);
    destroyed.destroy();
    expect(await failureOf(second.waitClosed())).toHaveProperty(
      "code",
      "ERR_STREAM_PREMATURE_CLOSE",
    );
  });

  test.each([2 ** 31, 2 ** 32])(
    "resolves drain() while text is unsent, once the caller's memory is free, with a high-water mark of %d",
    async (highWaterMark) => {
      const taken: (() => void)[] = [];
      const target = new Writable({ write: (_1, _2, done) => void taken.push(done) });
      const writer = StreamWriter.from(target, { highWaterMark });
      writer.write(Buffer.alloc(100_000));
      writer.write("x".repeat(100_000));
      const drain = writer.drain();
      expect(await isPending(drain)).toBe(true);
      taken.shift()?.();
      await drain;
      writer.abort();
    },
  );

  test("fails from the start if the target is destroyed", async () => {
    const target = new PassThrough();
    target.destroy();
    const writer = StreamWriter.from(target);
    writer.write("dropped");
    const code = "ERR_STREAM_PREMATURE_CLOSE";
    expect(await failureOf(writer.waitClosed())).toHaveProperty("code", code);
    expect(await failureOf(writer.drain())).toHaveProperty("code", code);
  });

  test("refuses unknown options, and startTls(), since it has no reader", async () => {
    const writer = StreamWriter.from(new PassThrough());
    await expect(writer.startTls(true, { serverHostname: "" })).rejects.toThrow(TypeError);
    writer.write("more");
    writer.abort();
    const options = { highWatermark: 5 } as object;
    expect(() => StreamWriter.from(new PassThrough(), options)).toThrow("use highWaterMark");
    expect(() => StreamWriter.from(new PassThrough(), { highWaterMark: -1 })).toThrow(RangeError);
  });

  test("handles errors that the target emits after it has ended", async () => {
    const target = new Writable({ autoDestroy: false, write: (_1, _2, done) => done() });
    const writer = StreamWriter.from(target);
    writer.close();
    await writer.waitClosed();
    target.emit("error", new Error("late"));
  });
});

describe("StreamWriter.toWritable()", () => {
  test("fails at once when the connection fails, though its source has nothing to write", async () => {
    const [near, far] = await socketPair();
    StreamReader.from(near);
    const writable = StreamWriter.from(near).toWritable();
    const failed = once(writable, "error");
    far.resetAndDestroy();
    const [error] = (await failed) as [Error];
    expect(error).toHaveProperty("code", "ECONNRESET");
  });
});

describe("StreamWriter.toWeb()", () => {
  test("fails at once when the connection fails, though its source has nothing to write", async () => {
    const [near, far] = await socketPair();
    StreamReader.from(near);
    const web = StreamWriter.from(near).toWeb().getWriter();
    const closed = failureOf(web.closed);
    far.resetAndDestroy();
    expect(await closed).toHaveProperty("code", "ECONNRESET");
  });
});
