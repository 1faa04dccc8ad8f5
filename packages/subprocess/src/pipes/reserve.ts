import { builtin } from "../platform.ts";

/**
 * Reserves descriptors for a moment. When Node runs out of them, it reports that too late or not at
 * all, and may leak what it has already opened.
 */
export class Reserve {
  readonly #descriptors: number[] = [];

  /** @throws {Error} If fewer are available: `code` is `EMFILE` or `ENFILE`. */
  constructor(count: number) {
    try {
      while (this.#descriptors.length < count)
        this.#descriptors.push(builtin("fs").openSync("/dev/null", "r"));
    } catch (error) {
      this.release();
      // With --permission, the file may not be readable. Then a lack of descriptors is reported later.
      if (/^E[MN]FILE$/.test((error as NodeJS.ErrnoException).code ?? "")) {
        throw pipeError(error as Error);
      }
    }
  }

  /** Free some of them for use. */
  release(count: number = this.#descriptors.length): void {
    for (const descriptor of this.#descriptors.splice(0, count)) {
      builtin("fs").closeSync(descriptor);
    }
  }
}

/** The error of a pipe that cannot be made, in the shape of Node's system errors. */
export function pipeError(cause: NodeJS.ErrnoException): Error {
  const { code, errno } = cause;
  const message = `Cannot make a pipe: ${reasonOf(cause)}`;
  return Object.assign(new Error(message, { cause }), { code, errno, syscall: "pipe" });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code !== "ERR_ACCESS_DENIED") return code ?? message;
  return "under --permission it needs --allow-fs-read=/proc and --allow-fs-write=/proc";
}
