import { invalidArgumentValue } from "@aio/errors";
import { builtin } from "./platform.ts";
import { hasOsPipes, makeOsPipes } from "./pipes/os-pipe.ts";

/** One end of a pipe of the operating system. */
export interface PipeEnd extends Disposable {
  /**
   * Its descriptor. Close it after handing it to a child: a reader sees the end of the input only when
   * every copy of the writing end is closed.
   */
  readonly fd: number;
  /** Close it. Closing it twice does nothing more. */
  close(): void;
}

/** Both ends of a pipe of the operating system. */
export interface Pipe {
  /** What is written comes out here. */
  readonly read: PipeEnd;
  /** Goes to whatever writes. */
  readonly write: PipeEnd;
}

/**
 * Make a pipe of the operating system, to connect two processes without this one in between.
 *
 * As with `os.pipe`, close both ends after handing them over: the reader then sees the end when the
 * writer ends, and the writer gets `SIGPIPE` when the reader does. Node on Linux only. Each call runs
 * a shell for a moment.
 *
 * @throws {TypeError} If this is not Node on Linux.
 * @throws {Error} If there are no descriptors left: `code` is `EMFILE` or `ENFILE`.
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
  return { read: new Descriptor(read), write: new Descriptor(write) };
}

class Descriptor implements PipeEnd {
  readonly fd: number;
  #isOpen = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  close(): void {
    // The number may be another file's by the time of a second call.
    if (!this.#isOpen) return;
    this.#isOpen = false;
    builtin("fs").closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
