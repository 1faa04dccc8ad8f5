import { invalidArgumentValue } from "@aio/errors";
import { hasOsPipes, makeOsPipes } from "./pipes/os-pipe.ts";
import { builtin } from "./platform.ts";

/** One end of an operating system pipe. */
export interface PipeEnd extends Disposable {
  /**
   * Its descriptor. Close it after passing it to a child: a reader reaches end of input only when every
   * copy of the writing end is closed.
   */
  readonly fd: number;
  /** Close it. Closing it again has no effect. */
  close(): void;
}

/** Both ends of an operating system pipe. */
export interface Pipe {
  /** The reading end. */
  readonly read: PipeEnd;
  /** The writing end. */
  readonly write: PipeEnd;
}

/**
 * Make an operating system pipe, to connect two processes directly.
 *
 * As with `os.pipe`, close both ends after passing them on: then the reader reaches end of input when
 * the writer exits, and the writer gets `SIGPIPE` when the reader does. Node.js on Linux only. Each
 * call briefly runs a shell.
 *
 * @throws {TypeError} On anything but Node.js on Linux.
 * @throws {Error} If no descriptors are left: `code` is `EMFILE` or `ENFILE`.
 *
 * @example Sort what another program prints
 * ```ts
 * import { PIPE, createSubprocessExec, openPipe } from "@aio/subprocess";
 *
 * const { read, write } = await openPipe();
 * const printf = await createSubprocessExec("printf", ["b\\na\\n"], { stdout: write });
 * write.close();
 * const sort = await createSubprocessExec("sort", [], { stdin: read, stdout: PIPE });
 * read.close();
 * const [stdout] = await sort.communicate();
 * console.log(String(stdout).split("\n", 2), await printf.wait()); // [ 'a', 'b' ] 0
 * ```
 *
 * @see os.pipe, of Python
 */
export async function openPipe(): Promise<Pipe> {
  if (!hasOsPipes()) throw invalidArgumentValue("Cannot open a pipe: it needs Node.js on Linux");
  const { pipes, released } = makeOsPipes(1);
  await released;
  const [{ read, write }] = pipes as [(typeof pipes)[number]];
  return { read: new OpenPipeEnd(read), write: new OpenPipeEnd(write) };
}

class OpenPipeEnd implements PipeEnd {
  readonly fd: number;
  #isOpen = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  close(): void {
    // When close() is called again, the number may belong to another file.
    if (!this.#isOpen) return;
    this.#isOpen = false;
    builtin("fs").closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
