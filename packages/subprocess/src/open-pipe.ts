import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { invalidArgumentValue } from "./argument-text.ts";

/** One end of a pipe of the operating system. */
export interface PipeEnd extends Disposable {
  /** Its descriptor. Whoever passes it on closes this copy: readers see no end before all are. */
  readonly fd: number;
  /** Close it. Closing it twice does nothing more. */
  close(): void;
}

/**
 * Make a pipe of the operating system, to connect two processes without this one in between.
 *
 * As with `os.pipe`, close both ends once they are handed over, so that the reader can see the end.
 * Linux only.
 *
 * @throws {TypeError} If the system is not Linux.
 * @throws {Error} If there are no descriptors left: `code` is `EMFILE` or `ENFILE`.
 *
 * @example `printf 'b\na\n' | sort`
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
export function openPipe(): Promise<{ read: PipeEnd; write: PipeEnd }> {
  const pipe = lastPipe.then(makePipe);
  lastPipe = pipe.catch(() => {});
  return pipe;
}

// Node has no pipe(). A shell has: each here-document of at most a pipe's capacity is one, its text
// written and its writing end closed before the shell goes on. So a shell that is kept makes an empty
// one when asked, as its descriptor 3, and both ends are opened through /proc: opening a pipe there
// by any of its descriptors gives a new end of either kind. The shell's own copy lasts until the next
// is made, and is a reading end: no one waits for it. 0.1 ms a pipe. One pipe is made at a time,
// because each takes the place of the last.
const maker = `while read -r _; do exec 3<<END
END
echo; done`;

let shell: ChildProcess | undefined;
let lastPipe: Promise<unknown> = Promise.resolve();

async function makePipe(): Promise<{ read: PipeEnd; write: PipeEnd }> {
  if (process.platform !== "linux") {
    throw invalidArgumentValue(
      "Cannot make a pipe of the operating system: that is for Linux only",
    );
  }
  const path = `/proc/${await askShell()}/fd/3`;
  const read = new Descriptor(openSync(path, "r"));
  try {
    if (!fstatSync(read.fd).isFIFO())
      throw new Error("Cannot make a pipe: /bin/sh made something else");
    return { read, write: new Descriptor(openSync(path, "w")) };
  } catch (error) {
    read.close();
    throw error;
  }
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
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Let the shell make a pipe, and return the shell's process id. */
function askShell(): Promise<number> {
  return new Promise((resolve, reject) => {
    const helper = (shell ??= startShell());
    const { stdin, stdout } = helper;
    if (helper.pid === undefined || stdin === null || stdout === null) {
      shell = undefined;
      helper.once("error", (error: NodeJS.ErrnoException) => {
        for (const stream of helper.stdio ?? []) stream?.destroy();
        reject(error);
      });
      return;
    }
    const { pid } = helper;
    // It keeps this process alive exactly while somebody waits for it.
    const finish = (settle: () => void) => {
      (stdout as Socket).unref();
      stdout.off("data", onAnswer);
      stdout.off("close", onGone);
      settle();
    };
    const onAnswer = () => finish(() => resolve(pid));
    const onGone = () =>
      finish(() => reject(new Error("Cannot make a pipe: the shell that makes them has ended")));
    (stdout as Socket).ref();
    stdout.once("data", onAnswer);
    stdout.once("close", onGone);
    stdin.write("\n");
  });
}

function startShell(): ChildProcess {
  const helper = spawn("/bin/sh", ["-c", maker], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {},
    cwd: "/",
    // Out of reach of a Ctrl-C in the terminal. It ends when its input does, with this process.
    detached: true,
  });
  if (helper.pid === undefined) return helper;
  helper.unref();
  (helper.stdin as Socket).unref();
  (helper.stdout as Socket).unref();
  helper.stdin?.on("error", () => {});
  helper.stdout?.on("error", () => {});
  // At any time, and not only while it is asked: nothing would tell the next one who asks.
  helper.stdout?.on("close", () => (shell = undefined));
  helper.on("error", () => {});
  return helper;
}
