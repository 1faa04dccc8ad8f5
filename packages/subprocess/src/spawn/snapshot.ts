import { builtin } from "../platform.ts";
import type { Command, Surroundings } from "./spawn.ts";

// A start that has to wait first (for pipes, or for a user's id) happens some turns after the call,
// and what a child inherits may have changed by then. So its working directory, environment and
// umask are noted at the call. A descriptor cannot be: Node has no dup(). It is compared instead, so
// that a child never gets another file that has the number by now.

type Inherited = Pick<Surroundings, "cwd" | "env" | "umask">;

/** What a child inherits, as it is now. */
export class Snapshot {
  readonly #own: Inherited;
  readonly #cwd: string | undefined = workingDirectory();
  readonly #env = { ...process.env };
  readonly #umask = process.umask();
  readonly #descriptors: ReadonlyMap<number, string>;

  /** @param descriptors - Those that the child is to get. */
  constructor(own: Inherited, descriptors: readonly number[]) {
    this.#own = own;
    this.#descriptors = new Map(descriptors.map((fd) => [fd, identityOf(fd)]));
  }

  /**
   * What a child started now needs, to start as if at the snapshot.
   *
   * @throws {Error} If a descriptor has been closed or replaced: `code` is `EBADF`.
   */
  surroundings(command: Command): Inherited {
    for (const [fd, identity] of this.#descriptors) {
      if (identityOf(fd) === identity) continue;
      const message = `Cannot start ${command.program}: EBADF, descriptor ${fd} was closed or replaced before the process started`;
      throw Object.assign(new Error(message), { code: "EBADF", errno: -9, syscall: "spawn" });
    }
    const { cwd, env = this.#env, umask } = this.#own;
    const hasMoved = this.#cwd !== undefined && this.#cwd !== workingDirectory();
    return {
      cwd: hasMoved ? builtin("path").resolve(this.#cwd, cwd ?? "") : cwd,
      env,
      umask: umask ?? (process.umask() === this.#umask ? undefined : this.#umask),
    };
  }
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // It was deleted.
    return undefined;
  }
}

function identityOf(fd: number): string {
  try {
    const { dev, ino, birthtimeNs } = builtin("fs").fstatSync(fd, { bigint: true });
    return `${dev} ${ino} ${birthtimeNs}`;
  } catch {
    return "closed";
  }
}
