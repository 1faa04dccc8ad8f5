import type { Connection } from "./connect/connection.ts";
import { connectUnix } from "./connect/unix.ts";
import type { UnixConnectOptions } from "./options.ts";

/**
 * Connect to a Unix socket.
 *
 * @param path - The path of its file, or an abstract name that begins with a NUL (`"\0name"`, Linux).
 * @throws {CancelledError} If `signal` aborts first; everything that was opened is closed.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument is missing or invalid or contradicts another, or an option is
 * unknown.
 * @throws {RangeError} If a number is out of range, or the path is longer than 107 bytes (103 on macOS).
 * @throws Node's error, with its `code`: `ENOENT` if the file does not exist, `ECONNREFUSED` if its
 * server is gone.
 *
 * @example Say hello to a server on this machine
 * ```ts
 * import { openUnixConnection, startUnixServer } from "@aio/streams";
 *
 * const path = `/tmp/aio-hello-${process.pid}.sock`;
 * await using server = await startUnixServer(async (reader, writer) => {
 *   writer.write(`hello, ${await reader.readline()}`);
 * }, path);
 *
 * await using connection = await openUnixConnection(path);
 * connection.writer.write("world\n");
 * console.log(String(await connection.reader.readline())); // hello, world
 * ```
 *
 * @see asyncio.open_unix_connection
 */
export function openUnixConnection(
  path: string | URL,
  options?: UnixConnectOptions,
): Promise<Connection> {
  return connectUnix(path, options);
}
