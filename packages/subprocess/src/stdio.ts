import type { ReadStream, WriteStream } from "node:fs";
import { invalidArgumentType, outOfRange } from "@aio/errors";

// Strings with `as const`, because in `const options = { stdout: PIPE }` the type of a unique symbol,
// or of a plain "pipe", would widen to symbol or string.

/**
 * A new pipe to the child: `stdin` is then a writer, `stdout` and `stderr` are readers.
 *
 * @see asyncio.subprocess.PIPE
 */
export const PIPE = "pipe" as const;
/**
 * For `stderr` only: merge it into `stdout`, in the order in which the child writes.
 *
 * @see asyncio.subprocess.STDOUT
 */
export const STDOUT = "stdout" as const;
/**
 * The null device: it is empty for a reader, and discards what is written.
 *
 * @see asyncio.subprocess.DEVNULL
 */
export const DEVNULL = "devnull" as const;

/** An object with an open descriptor, such as a FileHandle or an end of {@link openPipe}. */
export interface OpenFile {
  /** The number of the descriptor. */
  readonly fd: number;
}

/** An open descriptor of this process, or an object that has one. The child gets a copy of it. */
export type Descriptor = number | OpenFile | ReadStream | WriteStream;

/** What a child's standard input can be; `undefined` inherits the parent's. */
export type Stdin = typeof PIPE | typeof DEVNULL | Descriptor | undefined;
/** What a child's standard output can be; `undefined` inherits the parent's. */
export type Stdout = typeof PIPE | typeof DEVNULL | Descriptor | undefined;
/** What a child's standard error can be; `undefined` inherits the parent's. */
export type Stderr = typeof PIPE | typeof DEVNULL | typeof STDOUT | Descriptor | undefined;

/** The type of a stream of a process: `T` if its option is a pipe, `null` otherwise. */
export type PipeOrNull<S, T> = [S] extends [typeof PIPE]
  ? T
  : typeof PIPE extends S
    ? T | null
    : null;

/** One of the child's three standard streams, as `node:child_process` takes it. */
export type StdioEntry = "pipe" | "ignore" | number;

/** What the child gets as its standard streams. */
export interface Stdio {
  readonly stdin: StdioEntry;
  readonly stdout: StdioEntry;
  readonly stderr: StdioEntry;
  /** Whether `stdout` and `stderr` are one pipe. */
  readonly merged: boolean;
}

/** Check the three options, and translate them. */
export function stdioOf(stdin: unknown, stdout: unknown, stderr: unknown): Stdio {
  const output = entryOf("stdout", stdout, 1);
  const merged = stderr === STDOUT;
  return {
    stdin: entryOf("stdin", stdin, 0),
    stdout: output,
    // The same as stdout's. The number 1 would mean the parent's stdout.
    stderr: merged ? output : entryOf("stderr", stderr, 2),
    merged: merged && output === "pipe",
  };
}

function entryOf(name: string, value: unknown, inherited: number): StdioEntry {
  if (value === undefined) return inherited;
  if (value === PIPE) return "pipe";
  if (value === DEVNULL) return "ignore";
  if (typeof value === "number") return descriptorOf(name, value);
  if (typeof value === "object" && value !== null && "fd" in value) {
    if (typeof value.fd === "number") return descriptorOf(`${name}.fd`, value.fd);
    throw invalidArgumentType(
      `${name}.fd`,
      "an open descriptor (is the stream open yet?)",
      value.fd,
    );
  }
  const words = name === "stderr" ? "PIPE, DEVNULL, STDOUT" : "PIPE, DEVNULL";
  throw invalidArgumentType(name, `${words}, a descriptor or undefined`, value);
}

function descriptorOf(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff) return value;
  throw outOfRange(name, "an open descriptor", value);
}
