import { builtin } from "../platform.ts";
import type { Stdio } from "../stdio.ts";
import type { Command, Surroundings } from "./spawn.ts";

// If the id of a user has to be looked up, the child starts some event-loop turns after the call,
// and what it inherits may have changed by then. So the working directory, the environment and the
// umask are saved at the call. Descriptors cannot be saved, because Node does not have dup(). They
// are compared instead, so a child never gets a different file that has reused the number.

type Inherited = Pick<Surroundings, "cwd" | "env" | "umask">;

/** What a child inherits, as it is now. */
export class Snapshot {
  readonly #own: Inherited;
  readonly #cwd: string | undefined = workingDirectory();
  readonly #env = { ...process.env };
  readonly #umask = process.umask();
  readonly #descriptors: ReadonlyMap<number, string>;

  constructor(own: Inherited & { readonly stdio: Stdio; readonly passFds: readonly number[] }) {
    const { stdin, stdout, stderr } = own.stdio;
    const given = [stdin, stdout, stderr, ...own.passFds].filter((fd) => typeof fd === "number");
    this.#own = own;
    this.#descriptors = new Map(given.map((fd) => [fd, identityOf(fd)]));
  }

  /**
   * Return what to start the child with now, so that it starts as it would have at the snapshot.
   *
   * @throws {Error} If a descriptor has been closed or replaced: `code` is `EBADF`.
   */
  surroundings(command: Command): Inherited {
    for (const [fd, identity] of this.#descriptors) {
      if (identityOf(fd) === identity) continue;
      const message = `Cannot start ${command.program}: EBADF, descriptor ${fd} was closed or replaced`;
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
    // The working directory was deleted.
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
