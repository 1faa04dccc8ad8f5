import { resolve } from "node:path";
import { builtin } from "../platform.ts";
import { longestSocketPath } from "../shared-settings.ts";

// To start, a server binds to a temporary name in the same directory and renames the file to its
// path, which atomically replaces an old file: clients find a socket there at any time. On close,
// libuv unlinks the name that it bound to, even if that is another file by then
// (https://github.com/nodejs/node/issues/19729). The temporary name no longer exists, and SocketFile
// removes the path only if it is still the same file. Abstract names (Linux) begin with a NUL and do
// not have a file.
//
// The workers of a cluster share one listening socket, which the primary opens for the first worker
// that requests its name. So all workers request the same temporary name, one of them renames the
// file, and none removes it, since the others may still serve.

export function isAbstract(path: string): boolean {
  return path.startsWith("\0");
}

/** The path of an inherited socket; empty if the system does not report it. */
export function inheritedPath(fd: number): string {
  // In a worker, the descriptor is the primary's.
  if (isShared()) return "";
  const { fstatSync, readFileSync } = builtin("fs");
  try {
    const inode = String(fstatSync(fd).ino);
    // The columns: Num RefCount Protocol Flags Type St Inode Path
    const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
    const found = lines.map((line) => /^(?:\S+\s+){6}(\d+) (.+)$/.exec(line));
    const path = found.find((match) => match?.[1] === inode)?.[2] ?? "";
    return path.replace(/^@/, "\0");
  } catch {
    return "";
  }
}

/** Whether other processes share this one's listening sockets. */
export function isShared(): boolean {
  return builtin("cluster").isWorker;
}

/** An unused name in the directory of `path`, short enough for a socket. */
export function temporaryPath(path: string): string {
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  const room = longestSocketPath - Buffer.byteLength(directory);
  const { createHash, randomBytes } = builtin("crypto");
  // Under a long directory path, only a few characters fit. If the name is taken, the caller gets
  // EADDRINUSE.
  const unique = isShared()
    ? createHash("sha256")
        .update(`${process.ppid} ${resolve(path)}`)
        .digest("hex")
        .slice(0, 16)
    : randomBytes(8).toString("hex");
  return directory + (room < 4 ? unique : `.${unique}`).slice(0, room);
}

/** The file of a listening socket, at its final path. */
export class SocketFile {
  readonly #path: string;
  readonly #inode: bigint;
  readonly #device: bigint;

  /**
   * Move the socket file `temporary` to `path`, replacing a socket file there.
   *
   * @throws An error with the code `EADDRINUSE` if another kind of file is there; `temporary` is
   * removed.
   */
  constructor(temporary: string, path: string) {
    // The process may change its directory before it closes the server.
    this.#path = resolve(path);
    try {
      const { ino, dev } = fileAt(temporary, path);
      this.#inode = ino;
      this.#device = dev;
      move(temporary, path);
    } catch (error) {
      remove(temporary);
      throw error;
    }
  }

  /** Remove the file, unless it has been replaced by another. */
  remove(): void {
    try {
      const found = builtin("fs").lstatSync(this.#path, { bigint: true });
      if (found.ino === this.#inode && found.dev === this.#device) remove(this.#path);
    } catch {
      // The file is gone or inaccessible. A leftover socket file is harmless.
    }
  }
}

function fileAt(temporary: string, path: string): { ino: bigint; dev: bigint } {
  const { lstatSync } = builtin("fs");
  try {
    return lstatSync(temporary, { bigint: true });
  } catch (error) {
    if (!isShared() || !isMissing(error)) throw error;
    // Another worker has renamed it.
    return lstatSync(path, { bigint: true });
  }
}

function move(temporary: string, path: string): void {
  const { linkSync, lstatSync, renameSync, unlinkSync } = builtin("fs");
  try {
    // Unlike a rename, a link never replaces a file that has appeared meanwhile.
    linkSync(temporary, path);
    unlinkSync(temporary);
    return;
  } catch (error) {
    if (isMissing(error)) {
      if (isShared()) return;
      throw error;
    }
  }
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSocket()) throw addressInUse(path);
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (!isShared() || !isMissing(error)) throw error;
  }
}

function remove(path: string): void {
  try {
    builtin("fs").unlinkSync(path);
  } catch {
    // The file is gone, or this process may not remove it.
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function addressInUse(path: string): Error {
  const message = `listen EADDRINUSE: address already in use ${path}`;
  return Object.assign(new Error(message), {
    code: "EADDRINUSE",
    errno: -98,
    syscall: "listen",
    address: path,
  });
}
