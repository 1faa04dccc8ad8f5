import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancelledError } from "@aio/errors";
import {
  type StreamReader,
  type StreamWriter,
  openUnixConnection,
  startUnixServer,
} from "@aio/streams";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificate } from "./certificates.ts";
import { failure, until } from "./waiting.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "aio-unix-"));
  path = join(directory, "s");
});
afterEach(() => rmSync(directory, { recursive: true }));

async function http(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await reader.readuntil("\r\n\r\n");
  writer.write("HTTP/1.0 200 OK\r\nContent-type: text/plain\r\n\r\nTest message");
}

describe("openUnixConnection()", () => {
  // test_streams.StreamTests.test_open_unix_connection
  test("resolves to a reader and a writer", async () => {
    await using server = await startUnixServer(http, path);
    const [reader, writer] = await openUnixConnection(path);
    writer.write("GET / HTTP/1.0\r\n\r\n");
    expect(String(await reader.readline())).toBe("HTTP/1.0 200 OK\r\n");
    expect(String(await reader.read())).toMatch(/\r\n\r\nTest message$/);
    writer.close();
    await until(() => server.connections === 0);
  });

  // test_streams.StreamTests.test_open_unix_connection_no_loop_ssl
  test("connects over TLS, which requires serverHostname", async () => {
    const { key, cert, ca } = certificate();
    await using server = await startUnixServer(http, path, { tls: { key, cert } });
    const error = await failure(openUnixConnection(path, { tls: { ca } }));
    expect(error).toBeInstanceOf(TypeError);
    const options = { tls: { ca }, serverHostname: "" };
    await using connection = await openUnixConnection(path, options);
    connection.writer.write("GET / HTTP/1.0\r\n\r\n");
    expect(String(await connection.reader.read())).toMatch(/\r\n\r\nTest message$/);
    expect(connection.writer.getExtraInfo("peername")).toEqual(server.addresses[0]);
  });

  // test_streams.StreamTests.test_open_unix_connection_error
  test("rejects reads with the error that broke the connection", async () => {
    await using server = await startUnixServer(async (reader) => void (await reader.read()), path);
    const { reader, writer } = await openUnixConnection(path);
    const broken = new Error("broken");
    writer.socket.destroy(broken);
    expect(await failure(reader.read())).toBe(broken);
    await until(() => server.connections === 0);
  });

  test("rejects with ENOENT if the file does not exist", async () => {
    expect((await failure(openUnixConnection(path))).code).toBe("ENOENT");
  });

  test("rejects with CancelledError, caused by the reason, when the signal aborts first, and leaves nothing open", async () => {
    await using server = await startUnixServer(http, path);
    const controller = new AbortController();
    const error = failure(openUnixConnection(path, { signal: controller.signal }));
    controller.abort("enough");
    expect(await error).toBeInstanceOf(CancelledError);
    expect((await error).cause).toBe("enough");
    await until(() => server.connections === 0);
  });

  test("does not connect if the signal has already aborted", async () => {
    let clients = 0;
    await using server = await startUnixServer(async () => void (clients += 1), path);
    const signal = AbortSignal.abort("enough");
    expect((await failure(openUnixConnection(path, { signal }))).cause).toBe("enough");
    // Clients are accepted in the order in which they connect.
    const connection = await openUnixConnection(path);
    await until(() => clients > 0);
    await connection[Symbol.asyncDispose]();
    expect(clients).toBe(1);
    await until(() => server.connections === 0);
  });
});
