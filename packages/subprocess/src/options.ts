import {
  type WaitOptions,
  checkedBoolean,
  checkedInteger,
  checkedMilliseconds,
  invalidArgumentType,
  invalidArgumentValue,
  optionNames,
  signalOf,
} from "@aio/errors";
import { hasOsPipes } from "./pipes/os-pipe.ts";
import { defaultLimit } from "./reader/input.ts";
import { type Environment, checkedEnvironment, checkedPath } from "./spawn/checked-text.ts";
import { type Stderr, type Stdin, type Stdio, type Stdout, stdioOf } from "./stdio.ts";

/** How a process is created. */
export interface SubprocessOptions extends WaitOptions {
  /**
   * Owns the process. If it has already aborted, nothing is started. If it aborts while the process
   * runs, the process is terminated, and killed after {@link SubprocessOptions.graceMs}; `wait()` and
   * `communicate()` reject with the cancellation once it has ended. To cancel only one wait, pass the
   * signal to that call.
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
   * The longest line that a reader accepts, in bytes. Backpressure stops the child while more than
   * twice as much is buffered.
   *
   * @defaultValue 65536
   */
  readonly limit?: number | undefined;
  /**
   * The directory to start in. The path of a program is relative to it.
   *
   * @defaultValue the parent's
   */
  readonly cwd?: string | URL | undefined;
  /**
   * The whole environment, replacing the parent's. The program is looked up in its `PATH`.
   *
   * @defaultValue process.env
   */
  readonly env?: Environment | undefined;
  /**
   * The file to run; `program` is then only the child's `argv[0]`. For a shell command, the shell to
   * use.
   *
   * @defaultValue the program, or /bin/sh
   */
  readonly executable?: string | URL | undefined;
  /**
   * Run in a new session and process group, which the terminal's signals (Ctrl-C) do not reach.
   *
   * @defaultValue false, true with killTree
   */
  readonly startNewSession?: boolean | undefined;
  /**
   * The child's file mode creation mask. Supported on the main thread only.
   *
   * @defaultValue the parent's
   */
  readonly umask?: number | undefined;
  /**
   * The user to run as, an id or a name. Requires the privilege to change it.
   *
   * @defaultValue the parent's
   */
  readonly user?: number | string | undefined;
  /**
   * The group to run as, an id or a name. Requires the privilege to change it.
   *
   * @defaultValue the parent's
   */
  readonly group?: number | string | undefined;
  /**
   * Further descriptors (3 and above) that the child inherits, under the same numbers.
   *
   * @defaultValue []
   */
  readonly passFds?: readonly number[] | undefined;
  /**
   * The time between `SIGTERM` and `SIGKILL`, in milliseconds, after an abort of `signal` and at the
   * end of `await using`.
   *
   * @defaultValue 5000
   */
  readonly graceMs?: number | undefined;
  /**
   * Send each signal to the child's descendants, too. The child gets a new session, and signals go to
   * all of it on Linux, elsewhere to its first process group. With `startNewSession: false`, the child
   * stays in the terminal's foreground, and the process tree is walked instead (Linux only), which
   * misses processes whose parent ended before the first signal.
   *
   * @defaultValue false
   */
  readonly killTree?: boolean | undefined;
  /**
   * `"os"` uses operating system pipes instead of Node's socket pairs, for a child that opens
   * `/dev/stdin` or relies on `SIGPIPE`. Node.js on Linux only.
   *
   * @defaultValue socket pairs
   */
  readonly pipes?: "os" | undefined;
  /**
   * Hide the console window that Windows opens for the child.
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
  readonly signal: AbortSignal | undefined;
  readonly graceMs: number;
  readonly killTree: boolean;
  readonly osPipes: boolean;
  readonly windowsHide: boolean;
}

const text = "proc.stdout.lines(), which gives text";
const names: Readonly<Record<keyof SubprocessOptions, true>> = {
  stdin: true,
  stdout: true,
  stderr: true,
  limit: true,
  cwd: true,
  env: true,
  executable: true,
  startNewSession: true,
  umask: true,
  user: true,
  group: true,
  passFds: true,
  signal: true,
  graceMs: true,
  killTree: true,
  pipes: true,
  windowsHide: true,
};
// Other libraries' options, and what the error message says to use instead. From Python's subprocess:
const known = optionNames(Object.keys(names), {
  shell: "createSubprocessShell(command)",
  text,
  encoding: text,
  errors: text,
  universalNewlines: text,
  captureOutput: "stdout: PIPE, stderr: PIPE",
  check: "the returncode",
  input: "communicate(input)",
  closeFds: "passFds",
  preexecFn: "startNewSession, umask, user or group",
  processGroup: "startNewSession",
  creationflags: "windowsHide",
  // From Node's child_process and execa:
  stdio: "stdin, stdout and stderr",
  detached: "startNewSession",
  uid: "user",
  gid: "group",
  argv0: "program, and executable for the file",
  killSignal: "sendSignal(signal)",
  forceKillAfterDelay: "graceMs",
  cancelSignal: "signal",
  maxBuffer: "communicate(input, { maxOutput })",
  all: "stderr: STDOUT",
  cleanup: "await using",
  reject: "the returncode",
});

/** Check all options and their names before anything is started, and fill in the defaults. */
export function settingsOf(options: SubprocessOptions = {}): Settings {
  const signal = signalOf(options, known);
  const { cwd, env, executable, umask, pipes } = options;
  const { limit = defaultLimit, graceMs = 5000, passFds = [], windowsHide = false } = options;
  const { killTree = false, startNewSession = killTree } = options;
  checkedBoolean("killTree", killTree);
  checkedBoolean("startNewSession", startNewSession);
  if (killTree && !startNewSession && !/^(?:linux|win32)$/.test(process.platform)) {
    throw invalidArgumentValue("Cannot use killTree with startNewSession: false: it needs Linux");
  }
  return {
    stdio: stdioOf(options.stdin, options.stdout, options.stderr),
    limit: checkedInteger("limit", limit, 1),
    cwd: cwd === undefined ? undefined : checkedPath("cwd", cwd),
    env: env === undefined ? undefined : checkedEnvironment(env),
    executable: executable === undefined ? undefined : checkedPath("executable", executable),
    startNewSession,
    umask: umask === undefined ? undefined : checkedInteger("umask", umask, 0, 0o777),
    user: identity("user", options.user),
    group: identity("group", options.group),
    passFds: descriptors(passFds),
    signal,
    graceMs: checkedMilliseconds("graceMs", graceMs),
    killTree,
    osPipes: areOsPipes(pipes),
    windowsHide: checkedBoolean("windowsHide", windowsHide),
  };
}

function identity(name: string, value: unknown): number | string | undefined {
  // Node takes an id as a signed 32-bit integer.
  if (typeof value === "number") return checkedInteger(name, value, 0, 0x7fff_ffff);
  // `getent` takes a leading "-" as an option. A colon or a newline ends the name in its output.
  if (value === undefined || (typeof value === "string" && /^[^\0:\n-][^\0:\n]*$/.test(value))) {
    return value;
  }
  throw invalidArgumentType(name, "an id or a name", value);
}

function descriptors(value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw invalidArgumentType("passFds", "an array", value);
  // The options stdin, stdout and stderr set 0, 1 and 2. Node takes a list with an entry for each
  // descriptor up to the highest: this bounds the list.
  return Array.from(value, (fd, index) => checkedInteger(`passFds[${index}]`, fd, 3, 0xffff));
}

function areOsPipes(pipes: unknown): boolean {
  if (pipes === undefined) return false;
  if (pipes !== "os") throw invalidArgumentType("pipes", '"os"', pipes);
  if (hasOsPipes()) return true;
  throw invalidArgumentValue('Cannot use pipes: "os": it needs Node.js on Linux');
}
