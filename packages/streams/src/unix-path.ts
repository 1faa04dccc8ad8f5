import { invalidArgumentType, outOfRange } from "@aio/errors";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { builtin } from "./builtin.ts";

// A server's socket file appears and disappears by itself in three places:
//
// Binding. An old socket file at the path is to be replaced, and no client is to find the path empty
// meanwhile: the server binds to a temporary name in the same directory, and moves it into place.
// Closing. libuv unlinks by the name that it bound to, whoever's file that is by now
// (https://github.com/nodejs/node/issues/19729). Since the temporary name has moved on, it finds
// nothing, and this file removes the path if it still is the file that was put there.
// Abstract names (Linux) begin with a NUL and have no file at all.

// One less than sun_path holds, for the NUL. Node 20 and 22 cut longer names off without a word.
const longestPath = process.platform === "linux" ? 107 : 103;

/** The path of a socket, out of what the user gave. */
export function socketPath(path: string | URL): string {
  const name = path instanceof URL ? fileURLToPath(path) : path;
  if (typeof name !== "string" || name === "") {
    throw invalidArgumentType("path", "a path or a file URL", path);
  }
  if (!isAbstract(name) && name.includes("\0")) {
    throw invalidArgumentType("path", "a path without NULs", path);
  }
  if (Buffer.byteLength(name) <= longestPath) return name;
  throw outOfRange("path", `a socket's path, of at most ${longestPath} bytes`, name);
}

export function isAbstract(path: string): boolean {
  return path.startsWith("\0");
}

/** A name that nobody else uses, in the directory of `path`, and no longer than a socket's may be. */
export function temporaryPath(path: string): string {
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  const room = longestPath - Buffer.byteLength(directory);
  // Where `path` itself leaves no more, a few characters have to do; one that is taken already fails
  // as EADDRINUSE.
  const unique = builtin("crypto").randomBytes(8).toString("hex");
  return directory + (room < 4 ? unique : `.${unique}`).slice(0, room);
}

/** The file that makes a listening socket known, and how to remove it. */
export class SocketFile {
  readonly #path: string;
  readonly #inode: bigint;
  readonly #device: bigint;

  /**
   * Move the socket that is bound to `temporary` to `path`, where a socket may be already.
   *
   * @throws An error with the code `EADDRINUSE` if another kind of file is there; `temporary` is gone
   * then.
   */
  constructor(temporary: string, path: string) {
    // The process may change its directory before it closes the server.
    this.#path = resolve(path);
    try {
      const { ino, dev } = builtin("fs").lstatSync(temporary, { bigint: true });
      this.#inode = ino;
      this.#device = dev;
      move(temporary, path);
    } catch (error) {
      builtin("fs").rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Remove the file, unless somebody else has put his own there. */
  remove(): void {
    try {
      const found = builtin("fs").lstatSync(this.#path, { bigint: true });
      if (found.ino === this.#inode && found.dev === this.#device)
        builtin("fs").unlinkSync(this.#path);
    } catch {
      // It is gone, or cannot be removed: a socket file without its server does no harm.
    }
  }
}

function move(temporary: string, path: string): void {
  try {
    // Unlike a rename, a link never replaces a file that has appeared meanwhile.
    builtin("fs").linkSync(temporary, path);
    builtin("fs").unlinkSync(temporary);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
  }
  const there = builtin("fs").lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSocket()) throw addressInUse(path);
  builtin("fs").renameSync(temporary, path);
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
