import { CancelledError } from "@aio/errors";
import {
  type ClientConnected,
  type Connection,
  type Server,
  type ServerErrorInfo,
  type StreamWriter,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterEach, describe, expect, test, vi } from "vitest";
import { isPending, until } from "./waiting.ts";

let server: Server<TcpAddress>;
const reports: (ServerErrorInfo & { error: unknown })[] = [];

afterEach(async () => {
  reports.length = 0;
  vi.restoreAllMocks();
  await server[Symbol.asyncDispose]();
});

async function connectTo(handler: ClientConnected): Promise<Connection> {
  server = await startServer(handler, "127.0.0.1", 0, {
    onError: (error, info) => reports.push({ ...info, error }),
  });
  return openConnection("127.0.0.1", server.addresses[0]!.port);
}

/** Read to the end and close; the server must still be serving. */
async function readToEnd({ reader, writer }: Connection): Promise<string> {
  const text = String(await reader.read());
  writer.close();
  await until(() => server.connections === 0);
  expect(server.isServing()).toBe(true);
  return text;
}

const broken = new Error("broken");

describe("The client handler", () => {
  test("has its connection closed when its promise fulfills, after what it wrote is sent", async () => {
    const connection = await connectTo(async (_, writer) => writer.write("bye"));
    expect(await readToEnd(connection)).toBe("bye");
    expect(reports).toEqual([]);
  });

  test("keeps its connection if it is a plain function that returns", async () => {
    let kept: StreamWriter | undefined;
    const connection = await connectTo((_, writer) => {
      kept = writer;
    });
    await until(() => kept !== undefined);
    const reading = connection.reader.readline();
    expect(await isPending(reading)).toBe(true);
    kept?.write("still here\n");
    expect(String(await reading)).toBe("still here\n");
    connection.writer.close();
  });

  // test_streams.StreamTests.test_unhandled_exception
  test("is reported with its error and its peer when it rejects, and its connection closed", async () => {
    const connection = await connectTo(async (_, writer) => {
      writer.write("so far");
      throw broken;
    });
    const peername = connection.writer.getExtraInfo("sockname");
    expect(await readToEnd(connection)).toBe("so far");
    expect(reports).toEqual([
      { error: broken, kind: "handler", writer: expect.anything(), peername },
    ]);
  });

  test("is reported when it throws synchronously, and its connection closed", async () => {
    const connection = await connectTo(() => {
      throw broken;
    });
    expect(await readToEnd(connection)).toBe("");
    expect(reports).toMatchObject([{ error: broken, kind: "handler" }]);
  });

  // test_streams.StreamTests.test_unhandled_cancel
  test("is not reported when it rejects with CancelledError, and its connection is closed", async () => {
    const connection = await connectTo(async () => {
      throw new CancelledError();
    });
    expect(await readToEnd(connection)).toBe("");
    expect(reports).toEqual([]);
  });

  test("may return any thenable", async () => {
    const connection = await connectTo((_, writer) => {
      writer.write("thenable");
      // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
      return { then: (resolve: (value: never) => unknown) => resolve(undefined as never) } as never;
    });
    expect(await readToEnd(connection)).toBe("thenable");
  });

  test("is printed with its peer if there is no onError", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    server = await startServer(() => Promise.reject(broken), "127.0.0.1", 0);
    const connection = await openConnection("127.0.0.1", server.addresses[0]!.port);
    const { port } = connection.writer.getExtraInfo("sockname") as TcpAddress;
    await readToEnd(connection);
    expect(printed.mock.calls).toEqual([
      [`Unhandled error in the handler of the client at 127.0.0.1:${port}:`, broken],
    ]);
  });

  test("does not stop the server even if onError throws", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const worse = new Error("worse");
    server = await startServer(() => Promise.reject(broken), "127.0.0.1", 0, {
      onError() {
        throw worse;
      },
    });
    const connection = await openConnection("127.0.0.1", server.addresses[0]!.port);
    expect(await readToEnd(connection)).toBe("");
    expect(printed.mock.calls).toEqual([["Unhandled error in onError:", worse]]);
  });

  test("does not stop the server even if onError is async and rejects", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const worse = new Error("worse");
    server = await startServer(() => Promise.reject(broken), "127.0.0.1", 0, {
      // oxlint-disable-next-line typescript/no-misused-promises -- the types forbid it, JavaScript does not
      onError: () => Promise.reject(worse),
    });
    const connection = await openConnection("127.0.0.1", server.addresses[0]!.port);
    expect(await readToEnd(connection)).toBe("");
    expect(printed.mock.calls).toEqual([["Unhandled error in onError:", worse]]);
  });

  test("is reported if its result has a `then` getter that throws", async () => {
    const odd = {
      // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
      get then(): never {
        throw broken;
      },
    };
    const connection = await connectTo(() => odd);
    expect(await readToEnd(connection)).toBe("");
    expect(reports).toMatchObject([{ error: broken, kind: "handler" }]);
  });
});
