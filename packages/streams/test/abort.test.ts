import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { CancelledError } from "@aio/errors";
import {
  type ClientConnected,
  type Server,
  type StreamReader,
  type StreamWriter,
  openConnection,
  openUnixConnection,
  setDebug,
  startServer,
  startUnixServer,
} from "@aio/streams";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { turn, until } from "./waiting.ts";

const { key, cert, ca } = certificate();
const directory = mkdtempSync(join(tmpdir(), "aio-abort-"));
const path = join(directory, "served");
const fresh = join(directory, "fresh");
const servers: Server[] = [];
let [plain, secure, upgrading] = [0, 0, 0];

beforeAll(async () => {
  const start = async (handler: ClientConnected, tls?: object): Promise<number> => {
    const server = await startServer(handler, "127.0.0.1", 0, {
      onError: () => {},
      ...(tls && { tls }),
    });
    servers.push(server);
    return server.addresses[0]!.port;
  };
  plain = await start(ignore);
  secure = await start(ignore, { key, cert });
  upgrading = await start(upgrade);
  servers.push(await startUnixServer(ignore, path));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  rmSync(directory, { recursive: true });
});

async function ignore(reader: StreamReader): Promise<void> {
  await reader.read();
}

async function upgrade(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await writer.startTls({ key, cert });
  await ignore(reader);
}

/** The sockets that are open, without this file's servers. */
function open(): string[] {
  const names = process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Pipe)/.test(name));
  return names.filter((name) => name !== "TCPServerWrap" && name !== "PipeServerWrap");
}

let quiet: number;
afterEach(() => until(() => open().length === quiet));

/**
 * Aborts a call after each number of event-loop turns and of microtasks in the last of them, until
 * the call always finishes before the abort.
 */
async function abortEverywhere(
  call: (signal: AbortSignal) => Promise<AsyncDisposable>,
): Promise<number> {
  let [aborted, finished] = [0, 0];
  for (let turns = 0; finished < 20 && turns < 200; turns++) {
    finished = 0;
    for (let microtasks = 0; microtasks < 20; microtasks++) {
      const controller = new AbortController();
      const promise = call(controller.signal);
      const outcome = promise.then(
        (result) => result,
        (error: unknown) => error,
      );
      for (let i = 0; i < turns; i++) await turn();
      for (let i = 0; i < microtasks; i++) await Promise.resolve();
      // A promise that is still pending here must reject.
      const wasPending = inspect(promise).includes("<pending>");
      controller.abort("enough");
      const result = await outcome;
      if (wasPending) expect(result).toBeInstanceOf(CancelledError);
      if (result instanceof CancelledError) {
        expect(result.cause).toBe("enough");
        aborted++;
      } else {
        await (result as AsyncDisposable)[Symbol.asyncDispose]();
        finished++;
      }
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    }
    await until(() => open().length === quiet);
  }
  expect(finished).toBe(20);
  return aborted;
}

describe("An abort at any moment leaves nothing open in", () => {
  test.each<[string, (signal: AbortSignal) => Promise<AsyncDisposable>]>([
    ["openConnection()", (signal) => openConnection("localhost", plain, { signal })],
    [
      "openConnection() over TLS",
      (signal) => openConnection("127.0.0.1", secure, { tls: { ca }, signal }),
    ],
    ["openUnixConnection()", (signal) => openUnixConnection(path, { signal })],
    ["startServer()", (signal) => startServer(ignore, ["127.0.0.1", "localhost"], 0, { signal })],
    ["startUnixServer()", (signal) => startUnixServer(ignore, fresh, { signal })],
    [
      "StreamWriter.startTls()",
      async (signal) => {
        const connection = await openConnection("127.0.0.1", upgrading);
        try {
          await connection.writer.startTls({ ca }, { signal });
        } catch (error) {
          await connection[Symbol.asyncDispose]();
          throw error;
        }
        return connection;
      },
    ],
  ])("%s", { timeout: 60_000 }, async (_, call) => {
    quiet = open().length;
    expect(await abortEverywhere(call)).toBeGreaterThan(0);
    expect(readdirSync(directory)).toEqual(["served"]);
    expect(existsSync(fresh)).toBe(false);
  });
});

describe("setDebug()", () => {
  test("gives the error of an aborted read the stack of the call that waited", async () => {
    quiet = open().length;
    await using connection = await openConnection("127.0.0.1", plain);
    const controller = new AbortController();
    setDebug(true);
    try {
      const readHeader = () => connection.reader.readline(controller);
      const read = readHeader();
      controller.abort();
      await expect(read).rejects.toMatchObject({ stack: expect.stringContaining("readHeader") });
    } finally {
      setDebug(false);
    }
  });
});
