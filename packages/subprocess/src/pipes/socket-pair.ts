import type { Server, Socket } from "node:net";
import type { Readable } from "node:stream";
import { builtin, nextTick, setImmediate } from "../platform.ts";
import { Reserve, pipeError } from "./reserve.ts";

// A pipe like Node's, but made before the child: two connected Unix sockets. Node makes its pipes
// while it spawns, one for each descriptor, and cannot use one for two. An existing socket can be
// passed twice. What the child writes to both descriptors arrives in the order of writing, because
// it goes through one queue in the kernel.
//
// Node can connect only by name. A server listens and the child's end connects to it in one call, so
// that end exists at once; the server accepts the parent's end an event-loop turn later. The child
// starts within the call that creates it, and what it writes meanwhile waits in the queue. Each pair
// has its own server, only for that turn: one that is kept could not be used by another user or in
// another thread. `exclusive` stops a cluster's primary from listening instead.
//
// On Linux the name is abstract: it does not need a directory and cannot be left behind, but any
// user can connect to it. The child's end connects before anything is accepted, so if there is only
// one connection, it is that one. If there are two, the start fails. Elsewhere the name is in a
// directory that only this user may enter, and that exists only during the call. Where a server is
// refused (--permission without --allow-net, no directory for temporary files), the pair is the two
// ends of a `cat`.

/** The two ends of a pipe: one to pass to a child, and one to keep. */
export interface SocketPair {
  readonly theirs: Socket;
  /** Close this process's copy of the child's end, once the child has its own. */
  readonly onHandedOver: () => void;
  /** Close both ends, because no child was started. */
  readonly close: () => void;
  /** The parent's end. Rejects if no descriptors were left for it. */
  readonly ours: Promise<Readable>;
}

/**
 * Make a pair.
 *
 * @throws {Error} If no descriptors are left: `code` is `EMFILE` or `ENFILE`.
 */
export function socketPair(): SocketPair {
  // Deno connects a turn later, so it has no descriptor to pass in this call.
  if (process.versions["deno"] !== undefined)
    return catPair(pipeError(new Error("cat did not start")));
  // For the server (two, the first time), the child's end, and the parent's end, accepted later.
  const reserve = new Reserve(4);
  try {
    return process.platform === "linux" ? pairAt(abstractName(), reserve) : namedPair(reserve);
  } catch (error) {
    reserve.release();
    return catPair(error);
  }
}

// It must be unique, but cannot be secret: /proc/net/unix lists all names.
function abstractName(): string {
  return `\0aio-${process.pid}-${Math.random().toString(36).slice(2)}`;
}

function namedPair(reserve: Reserve): SocketPair {
  const { mkdtempSync, rmSync } = builtin("fs");
  const path = builtin("path");
  const directory = mkdtempSync(path.join(builtin("os").tmpdir(), "aio-"));
  try {
    return pairAt(path.join(directory, "socket"), reserve);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function pairAt(path: string, reserve: Reserve): SocketPair {
  // Nothing is read from the parent's end before it has a reader.
  const server = builtin("net").createServer({ pauseOnConnect: true });
  server.on("error", () => {});
  // The server's.
  reserve.release(2);
  server.listen({ path, exclusive: true });
  if (!server.listening) throw pipeError(new Error("listening on a Unix socket failed"));
  // The child's end. The last one is released when the child has started, for the parent's end.
  reserve.release(1);
  const theirs = connectedTo(path, server);
  let close = () => {};
  const ours = new Promise<Socket>((resolve, reject) => {
    let accepted: Socket | undefined;
    let isAlone = true;
    close = () => {
      server.close();
      theirs.destroy();
      if (accepted !== undefined && isAlone) resolve(accepted);
      else if (accepted === undefined) reject(shortage());
      else reject(pipeError(new Error("another process connected to it")));
      if (!isAlone) accepted?.destroy();
    };
    server.on("connection", (socket) => {
      if (accepted === undefined) {
        accepted = socket;
        // Connections are accepted one by one. If a second one is pending, it is accepted before this.
        setImmediate(() => setImmediate(close));
      } else {
        isAlone = false;
        socket.destroy();
      }
    });
    // Node had no descriptor left to accept the parent's end, so it closed the connection.
    theirs.once("close", () => {
      if (accepted === undefined) close();
    });
  });
  ours.catch(() => {});
  nextTick(() => {
    reserve.release();
    // Now that the child has its copy, reading from this one detects when it closes.
    theirs.resume();
  });
  // The child's end is not closed when it is handed over: closing it before the parent's end is
  // accepted would close the connection.
  return { theirs, ours, onHandedOver: () => {}, close };
}

function connectedTo(path: string, server: Server): Socket {
  try {
    return builtin("net")
      .connect({ path })
      .on("error", () => {});
  } catch (error) {
    server.close();
    throw error;
  }
}

function catPair(cause: unknown): SocketPair {
  const cat = builtin("child_process").spawn("cat", {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  cat.on("error", () => {});
  if (cat.pid === undefined) {
    for (const stream of (cat.stdio as typeof cat.stdio | undefined) ?? []) stream?.destroy();
    throw cause;
  }
  // It exits when the last copy of the child's end is closed.
  cat.unref();
  const { stdin, stdout } = cat;
  stdin.on("error", () => {});
  const ours = Promise.resolve(stdout);
  const close = () => stdout.destroy();
  return { theirs: stdin as Socket, ours, onHandedOver: () => stdin.destroy(), close };
}

function shortage(): Error {
  return pipeError(Object.assign(new Error("accept EMFILE"), { code: "EMFILE", errno: -24 }));
}
