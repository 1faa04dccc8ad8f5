import { signalOf } from "@aio/errors";

import type { UnixAddress } from "./address.ts";
import { checkBoolean, checkOptions } from "./check-options.ts";
import { Listener } from "./serve/listener.ts";
import type { ClientConnected, UnixServerOptions } from "./options.ts";
import { throwIfAborted } from "./pending.ts";
import { serverSettings } from "./serve/settings.ts";
import { Server } from "./server.ts";
import { SocketFile, isAbstract, socketPath, temporaryPath } from "./unix-path.ts";

/**
 * Listen on a Unix socket, and call `clientConnected` with the streams of each client.
 *
 * A socket file that is at `path` already is replaced, whether somebody still listens on it or not,
 * in one step: at no time is there nothing to connect to. Closing the server removes the file if it
 * is still its own.
 *
 * @param path - A path, or a name that begins with a NUL (`"\0name"`), which Linux knows without a
 * file.
 * @throws {CancelledError} If `signal` aborts first; nothing listens then. When it aborts later, it
 * closes the server and its clients.
 * @throws {TypeError} If an argument is missing, of the wrong kind or contradicts another.
 * @throws {RangeError} If a number is out of range, or the path longer than the system's 107 bytes.
 * @throws Node's error, with its `code`, if the path cannot be bound: `EADDRINUSE` if a file is there
 * that is no socket.
 *
 * @example Send back what comes
 * ```ts
 * import { openUnixConnection, startUnixServer } from "@aio/streams";
 *
 * const path = `/tmp/aio-example-${process.pid}.sock`;
 * await using server = await startUnixServer(async (reader, writer) => {
 *   writer.write(await reader.read());
 * }, path);
 *
 * await using connection = await openUnixConnection(path);
 * connection.writer.write("hello");
 * connection.writer.writeEof();
 * console.log(String(await connection.reader.read())); // hello
 * ```
 *
 * @see asyncio.start_unix_server
 */
export async function startUnixServer(
  clientConnected: ClientConnected,
  path: string | URL,
  options?: UnixServerOptions,
): Promise<Server<UnixAddress>> {
  const signal = signalOf({ signal: options?.signal });
  const given = checkOptions(options);
  const { cleanupSocket = true } = given;
  const name = socketPath(path);
  checkBoolean("cleanupSocket", cleanupSocket);
  const { clients, accepting } = serverSettings(clientConnected, given);
  throwIfAborted(signal);

  const address: UnixAddress = { path: name };
  let listener: Listener<UnixAddress>;
  if (isAbstract(name)) {
    listener = await Listener.open({ path: name }, accepting, () => ({ address }));
  } else {
    const temporary = temporaryPath(name);
    try {
      listener = await Listener.open({ path: temporary }, accepting, () => {
        const file = new SocketFile(temporary, name);
        return cleanupSocket ? { address, onClose: () => file.remove() } : { address };
      });
    } catch (error) {
      throw withPath(error, temporary, name);
    }
  }
  throwIfAborted(signal, {
    destroy() {
      listener.close();
      clients.abortAll();
    },
  });
  return new Server([listener], clients, signal);
}

// Node's error names the temporary path, of which the caller knows nothing.
function withPath(error: unknown, temporary: string, path: string): unknown {
  if (error instanceof Error) {
    error.message = error.message.replace(temporary, path);
    if ("address" in error && error.address === temporary) error.address = path;
  }
  return error;
}
