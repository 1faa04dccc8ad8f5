import { type WaitOptions, invalidArgumentType, outOfRange } from "@aio/errors";
import { checkedPath, invalidArgumentValue } from "./argument-text.ts";
import { type Environment, checkedEnvironment } from "./spawn/environment.ts";
import { type Stderr, type Stdin, type Stdio, type Stdout, stdioOf } from "./stdio.ts";

/** How a process is created. */
export interface SubprocessOptions extends WaitOptions {
  /**
   * Owns the process. Aborted before, nothing is started. Aborted before the process ends, it is
   * terminated, and killed after {@link SubprocessOptions.graceMs}; `wait()` and `communicate()`
   * reject with the cancellation once it is gone. To give up one wait alone, give that a signal.
   *
   * @defaultValue undefined
   */
  readonly signal?: AbortSignal | null | undefined;
  /**
   * Where the child reads from: `PIPE`, `DEVNULL`, or an open descriptor.
   *
   * @defaultValue the parent's
   */
  readonly stdin?: Stdin;
  /**
   * Where the child writes to: `PIPE`, `DEVNULL`, or an open descriptor.
   *
   * @defaultValue the parent's
   */
  readonly stdout?: Stdout;
  /**
   * Where the child writes errors to: `PIPE`, `DEVNULL`, `STDOUT`, or an open descriptor.
   *
   * @defaultValue the parent's
   */
  readonly stderr?: Stderr;
  /**
   * The longest line of a reader, in bytes, and half of what it holds before the child has to wait.
   *
   * @defaultValue 65536
   */
  readonly limit?: number | undefined;
  /**
   * The directory to start in. A relative program is looked up from there.
   *
   * @defaultValue the parent's
   */
  readonly cwd?: string | URL | undefined;
  /**
   * The whole environment, in place of the parent's. Its `PATH` decides where the program is found.
   *
   * @defaultValue process.env
   */
  readonly env?: Environment | undefined;
  /**
   * The file to run; the program's name is then only what the child sees as its own. For a shell
   * command: the shell.
   *
   * @defaultValue the program, or /bin/sh
   */
  readonly executable?: string | URL | undefined;
  /**
   * Run in a session and a process group of its own, out of reach of the terminal's signals.
   *
   * @defaultValue false, true with killTree
   */
  readonly startNewSession?: boolean | undefined;
  /**
   * The child's file mode creation mask. Main thread only.
   *
   * @defaultValue the parent's
   */
  readonly umask?: number | undefined;
  /**
   * The user to run as: an id, or a name. Takes the right to do so.
   *
   * @defaultValue the parent's
   */
  readonly user?: number | string | undefined;
  /**
   * The group to run as: an id, or a name. Takes the right to do so.
   *
   * @defaultValue the parent's
   */
  readonly group?: number | string | undefined;
  /**
   * Further descriptors that the child gets, under the same numbers (3 and above).
   *
   * @defaultValue []
   */
  readonly passFds?: readonly number[] | undefined;
  /**
   * How long a child that was asked to terminate may take, in milliseconds, before it is killed:
   * after an abort of `signal`, and at the end of `await using`.
   *
   * @defaultValue 5000
   */
  readonly graceMs?: number | undefined;
  /**
   * Let each signal reach the child's own children too. The child gets a session of its own, whose
   * members are signalled, unless `startNewSession: false` says to leave it in the terminal's
   * foreground: then the tree of processes is walked (Linux), which misses orphans.
   *
   * @defaultValue false
   */
  readonly killTree?: boolean | undefined;
  /**
   * `"os"` asks for pipes of the operating system in place of Node's socket pairs, for a child that
   * opens `/dev/stdin` or counts on `SIGPIPE`. Linux only.
   *
   * @defaultValue socket pairs
   */
  readonly pipes?: "os" | undefined;
  /**
   * Hide the console window that would be made for the child on Windows.
   *
   * @defaultValue false
   */
  readonly windowsHide?: boolean | undefined;
}

/** The options, checked, with their defaults. */
export interface Settings {
  readonly stdio: Stdio;
  readonly limit: number;
  readonly cwd: string | undefined;
  readonly env: Record<string, string> | undefined;
  readonly executable: string | undefined;
  readonly startNewSession: boolean;
  readonly umask: number | undefined;
  readonly user: number | string | undefined;
  readonly group: number | string | undefined;
  readonly passFds: readonly number[];
  readonly graceMs: number;
  readonly killTree: boolean;
  readonly osPipes: boolean;
  readonly windowsHide: boolean;
}

const known: ReadonlySet<string> = new Set(
  (
    "stdin stdout stderr limit cwd env executable startNewSession umask user group passFds signal " +
    "graceMs killTree pipes windowsHide"
  ).split(" "),
);

/** Check all options before anything is started. Their names too: a slip of the pen is not silent. */
export function settingsOf(options: SubprocessOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw invalidArgumentValue(`Unknown option: ${name}`);
  }
  const { cwd, env, executable, umask, passFds, pipes } = options;
  const killTree = flag("killTree", options.killTree) ?? false;
  const startNewSession = flag("startNewSession", options.startNewSession) ?? killTree;
  if (
    killTree &&
    !startNewSession &&
    process.platform !== "linux" &&
    process.platform !== "win32"
  ) {
    throw invalidArgumentValue("Cannot walk a tree of processes: that is for Linux only");
  }
  if (pipes !== undefined && pipes !== "os") throw invalidArgumentType("pipes", '"os"', pipes);
  if (pipes === "os" && process.platform !== "linux") {
    throw invalidArgumentValue('Cannot make pipes of kind "os": they are for Linux only');
  }
  return {
    stdio: stdioOf(options.stdin, options.stdout, options.stderr),
    limit: integer("limit", options.limit, 1, Number.MAX_SAFE_INTEGER) ?? 65_536,
    cwd: cwd === undefined ? undefined : checkedPath("cwd", cwd),
    env: env === undefined ? undefined : checkedEnvironment(env),
    executable: executable === undefined ? undefined : checkedPath("executable", executable),
    startNewSession,
    umask: integer("umask", umask, 0, 0o777),
    user: identity("user", options.user),
    group: identity("group", options.group),
    passFds: passFds === undefined ? [] : descriptors(passFds),
    // The most that a timer takes: Node fires at once for anything above.
    graceMs: integer("graceMs", options.graceMs, 0, 0x7fff_ffff) ?? 5000,
    killTree,
    osPipes: pipes === "os",
    windowsHide: flag("windowsHide", options.windowsHide) ?? false,
  };
}

function flag(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidArgumentType(name, "a boolean", value);
}

function integer(name: string, value: unknown, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number") throw invalidArgumentType(name, "a number", value);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw outOfRange(name, `an integer ${range}`, value);
}

function identity(name: string, value: unknown): number | string | undefined {
  if (typeof value === "number") return integer(name, value, 0, 0x7fff_ffff);
  if (value === undefined || (typeof value === "string" && /^[^\0:\n-][^\0:\n]*$/.test(value))) {
    return value;
  }
  throw invalidArgumentType(name, "an id or a name", value);
}

function descriptors(value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw invalidArgumentType("passFds", "an array", value);
  // 0, 1 and 2 are what stdin, stdout and stderr say.
  return value.map((fd, index) => integer(`passFds[${index}]`, fd, 3, 0xffff) ?? 0);
}
