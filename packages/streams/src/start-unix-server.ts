import { dirname } from "node:path";
import { invalidArgumentType, invalidArgumentValue } from "@aio/errors";
import type { ClientConnected, InheritedUnixServerOptions, UnixServerOptions } from "./options.ts";
import { builtin } from "./platform.ts";
import { type Binding, type BoundAddress, Listener } from "./serve/listener.ts";
import { inheritedUnixSettings, unixServerSettings } from "./serve/settings.ts";
import {
  SocketFile,
  inheritedPath,
  isAbstract,
  isShared,
  temporaryPath,
} from "./serve/socket-file.ts";
import { type Server, serverOver } from "./server.ts";
import { socketPath } from "./shared-settings.ts";
import type { UnixAddress } from "./transport/address.ts";

/**
 * Serve on an inherited Unix socket that is already listening, such as one from systemd.
 *
 * The socket file belongs to the program that created it: closing the server does not remove it. Its
 * path is known on Linux, but not in a cluster worker; elsewhere the server's address is empty.
 *
 * @throws {CancelledError} If `signal` aborts first; the server does not start. `fd` is closed, unless
 * `signal` had aborted before the call. If it aborts later, it closes the server and its clients.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument is missing or invalid, an option is unknown, or `fd` is a TCP
 * socket.
 * @throws {RangeError} If a number is out of range.
 * @throws Node's error, with its `code`, if `fd` is not a socket that can listen.
 *
 * @example Serve on the socket that systemd hands down
 * ```ts
 * import { startUnixServer } from "@aio/streams";
 *
 * const handler = () => {};
 * const isActivated = process.env["LISTEN_FDS"] === "1";
 * await using server = isActivated
 *   ? await startUnixServer(handler, { fd: 3 })
 *   : await startUnixServer(handler, `/tmp/aio-activated-${process.pid}.sock`); // without systemd
 * console.log(server.isServing()); // true
 * ```
 *
 * @see asyncio.start_unix_server
 */
export function startUnixServer(
  clientConnected: ClientConnected,
  options: InheritedUnixServerOptions,
): Promise<Server<UnixAddress>>;
/**
 * Listen on a Unix socket, and call `clientConnected` with the streams of each client.
 *
 * A socket file at `path` is replaced atomically, even if a server still listens on it: clients can
 * connect at any time. Closing the server removes the file if it is still the server's own, except in
 * a cluster worker, since other workers may share the listening socket.
 *
 * @param path - The path of the file, or an abstract name that begins with a NUL (`"\0name"`, Linux).
 * @throws {CancelledError} If `signal` aborts first; nothing listens. If it aborts later, it closes the
 * server and its clients.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument is missing or invalid or contradicts another, or an option is
 * unknown.
 * @throws {RangeError} If a number is out of range, or the path is longer than 107 bytes (103 on macOS).
 * @throws Node's error, with its `code`, if the path cannot be bound: `EADDRINUSE` if it is a file that
 * is not a socket.
 *
 * @example Send everything back
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
export function startUnixServer(
  clientConnected: ClientConnected,
  path: string | URL,
  options?: UnixServerOptions,
): Promise<Server<UnixAddress>>;
export async function startUnixServer(
  clientConnected: ClientConnected,
  path: string | URL | InheritedUnixServerOptions,
  options?: UnixServerOptions,
): Promise<Server<UnixAddress>> {
  if (typeof path === "object" && path !== null && !(path instanceof URL)) {
    if (options !== undefined) {
      throw invalidArgumentValue("Cannot listen: give the options in the same object as fd");
    }
    const { fd, ...inherited } = inheritedUnixSettings(clientConnected, path);
    return serverOver(inherited, async (clients, listeners) => {
      const address = { path: inheritedPath(fd) };
      listeners.push(await Listener.open({ fd }, inherited, clients, inheritedBinding, address));
    });
  }
  const name = socketPath(path);
  const { cleanupSocket, ...settings } = unixServerSettings(clientConnected, options);
  const address: UnixAddress = { path: name };
  return serverOver(settings, async (clients, listeners) => {
    if (isAbstract(name)) {
      listeners.push(await Listener.open({ path: name }, settings, clients, () => ({}), address));
      return;
    }
    const temporary = temporaryPath(name);
    const unixBinding = (): Binding<UnixAddress> => {
      const file = new SocketFile(temporary, name);
      return cleanupSocket && !isShared() ? { onClose: () => file.remove() } : {};
    };
    try {
      const endpoint = { path: temporary };
      listeners.push(await Listener.open(endpoint, settings, clients, unixBinding, address));
    } catch (error) {
      throw inCallersTerms(error, temporary, name);
    }
  });
}

// Node does not know the path of an inherited socket.
function inheritedBinding(bound: BoundAddress): Binding<UnixAddress> {
  if (bound === null) return {};
  throw invalidArgumentType("fd", "a Unix socket (startServer() takes a TCP socket)", bound);
}

// Node's error names the temporary path, which the caller does not know, and libuv reports EACCES if
// the directory is missing (https://github.com/libuv/libuv/blob/v1.x/src/unix/pipe.c).
function inCallersTerms(error: unknown, temporary: string, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const failure: NodeJS.ErrnoException & { address?: string } = error;
  if (failure.code === "EACCES" && !builtin("fs").existsSync(dirname(path))) {
    failure.code = "ENOENT";
    failure.errno = -2;
    failure.message = failure.message.replace(
      "EACCES: permission denied",
      "ENOENT: no such file or directory",
    );
  }
  failure.message = failure.message.replaceAll(temporary, path);
  if (failure.address === temporary) failure.address = path;
  return failure;
}
