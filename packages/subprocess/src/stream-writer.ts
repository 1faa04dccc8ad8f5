import type { WaitOptions } from "@aio/errors";

/** What can be written: bytes in any view, or text, which is sent as UTF-8. */
export type Data = string | ArrayBufferView;

/**
 * The standard input of a process.
 *
 * {@link StreamWriter.write} never waits, so a loop that writes much awaits
 * {@link StreamWriter.drain} now and then. A process that ends, or closes its end, loses what was
 * not sent: `drain()` and `waitClosed()` tell of it, `write()` does not.
 *
 * @example Feed a sort line by line
 * ```ts
 * import { PIPE, createSubprocessExec } from "@aio/subprocess";
 *
 * const sort = await createSubprocessExec("sort", ["-n"], { stdin: PIPE, stdout: PIPE });
 * for (const number of [3, 1, 2]) {
 *   sort.stdin.write(`${number}\n`);
 *   await sort.stdin.drain();
 * }
 * sort.stdin.close();
 * console.log(String(await sort.stdout.read()).split("\n", 3)); // [ '1', '2', '3' ]
 * ```
 *
 * @see asyncio.StreamWriter
 */
export interface StreamWriter extends AsyncDisposable {
  /**
   * Write, without waiting. After the end of the pipe, or {@link StreamWriter.close}, it does
   * nothing. Small pieces are gathered and sent together at the end of the tick; a piece of more
   * than 4 KiB must not be changed before it is sent.
   *
   * @throws {TypeError} If `data` is neither a string nor a view of bytes.
   * @throws {RuntimeError} After {@link StreamWriter.writeEof}.
   */
  write(data: Data): void;
  /** Write all of several pieces. */
  writelines(chunks: Iterable<Data>): void;
  /**
   * Wait until it is wise to write more: at once while at most 64 KiB wait to be sent, else until
   * 16 KiB are left. Any number of callers can wait.
   *
   * @throws {CancelledError} If `signal` aborts first; what was written is sent all the same.
   * @throws {Error} If the process has closed its end, or we have: `code` is `EPIPE` or `ECONNRESET`.
   */
  drain(options?: WaitOptions): Promise<void>;
  /**
   * Let the process see the end of its input once everything written is sent. That closes the pipe,
   * which has one direction: it differs from {@link StreamWriter.close} in that a later write throws.
   *
   * @remarks Unlike asyncio, whose pipes ignore what is written after it, as its sockets do not.
   */
  writeEof(): void;
  /** Always `true`. */
  canWriteEof(): boolean;
  /** Let the process see the end of its input once everything written is sent. */
  close(): void;
  /** Whether the pipe is closed, or about to be. */
  isClosing(): boolean;
  /**
   * Wait until the pipe is closed.
   *
   * @throws {CancelledError} If `signal` aborts first; the pipe is left as it is.
   * @throws {Error} If something that was written could not be sent: `code` is `EPIPE` or
   * `ECONNRESET`.
   */
  waitClosed(options?: WaitOptions): Promise<void>;
  /**
   * Close, and wait until everything is sent, for 30 seconds at most. What could not be sent is no
   * error here: {@link StreamWriter.waitClosed} tells of it.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
