import type { Server, Socket } from "node:net";
import type { Readable } from "node:stream";
import { builtin, nextTick, setImmediate } from "../platform.ts";
import { Reserve, pipeError } from "./reserve.ts";

// A pipe like Node's, made by hand: two connected Unix sockets. Node makes its pipes while it spawns,
// one for each descriptor, and cannot use one for two. A socket that exists can be handed over twice.
// What the child writes to both descriptors arrives in the order of writing, because it is one queue in
// the kernel.
//
// Node can connect only by name. Listening and connecting happen in one call, so the child's end is
// there at once, and ours is what the server accepts a turn of the event loop later. The child starts
// in the call that asks for it, and what it writes meanwhile waits in the queue. Each pair has a
// server of its own, for that turn: nothing is kept that a later call, as another user or in another
// thread, could not use. `exclusive` keeps the server from a cluster's primary, which would listen.
//
// On Linux the name is abstract: it needs no directory and cannot be left behind. Any user may connect
// to it, though. The child's end is connected before anything is accepted, so a connection that stays
// the only one is ours. Where there are two, the start fails. Elsewhere the name is in a directory
// that no other user may enter, for the time of the call. Where a server is refused (--permission
// without --allow-net, no directory for temporary files), the pair is the two ends of a `cat`.

/** The two ends of a pipe: one to hand to a child, and one to keep. */
export interface SocketPair {
  readonly theirs: Socket;
  /** The child has its end: the copy of it in this process is no longer needed. */
  readonly onHandedOver: () => void;
  /** Close both ends: no child was started. */
  readonly close: () => void;
  /** Rejects if it was lost on the way, for want of a descriptor. */
  readonly ours: Promise<Readable>;
}

/**
 * Make a pair.
 *
 * @throws {Error} If there are no descriptors left: `code` is `EMFILE` or `ENFILE`.
 */
export function socketPair(): SocketPair {
  // Deno connects a turn later, and has no descriptor to hand over in this call.
  if (process.versions["deno"] !== undefined)
    return catPair(new Error("Cannot make a pipe: no cat"));
  // For the server (two, the first time), for the child's end, and for ours until the event loop turns.
  const reserve = new Reserve(4);
  try {
    return process.platform === "linux" ? pairAt(abstractName(), reserve) : namedPair(reserve);
  } catch (error) {
    reserve.release();
    return catPair(error);
  }
}

// It must be unique, but need not be secret: /proc/net/unix lists all of them.
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
  // Nothing is read from our end before it has a reader.
  const server = builtin("net").createServer({ pauseOnConnect: true });
  server.on("error", () => {});
  reserve.release(2);
  server.listen({ path, exclusive: true });
  if (!server.listening) throw pipeError(new Error("no server can listen"));
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
        // One connection is accepted at a time. Another that waits is accepted before the second.
        setImmediate(() => setImmediate(close));
      } else {
        isAlone = false;
        socket.destroy();
      }
    });
    // The system has closed our end instead of handing it to us.
    theirs.once("close", () => {
      if (accepted === undefined) close();
    });
  });
  ours.catch(() => {});
  nextTick(() => {
    reserve.release();
    // To notice its close, now that the child may have it.
    theirs.resume();
  });
  // Theirs stays open until ours is there: its close means that ours is lost.
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
  // It ends when the last process behind the child's end does.
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
