import { Pending, cancellationError, invalidArgumentType } from "@aio/errors";
import { type SubprocessOptions, settingsOf } from "./options.ts";
import { Pipes } from "./pipes/pipes.ts";
import { type Process, type ProcessOf, listenTo, processOf } from "./process.ts";
import { checkedPath, checkedText } from "./spawn/checked-text.ts";
import { Snapshot } from "./spawn/snapshot.ts";
import { type Command, spawnChild } from "./spawn/spawn.ts";
import { idOf } from "./spawn/user-database.ts";

// The type of all options is inferred as a whole. A type parameter for stdout alone would be inferred
// from `stdout: verbose ? PIPE : undefined` as PIPE, without the undefined. But TypeScript does not
// report unknown properties of an inferred type. So if there are any, SubprocessOptions is expected
// instead, and the compiler reports them. Both branches accept the options of a generic function that
// wraps this one.
/** The type of options without unknown names. */
export type Checked<Options> = [Exclude<keyof Options, keyof SubprocessOptions>] extends [never]
  ? Options
  : SubprocessOptions;

/**
 * Run a program, without a shell: `args` reach it unchanged.
 *
 * @param program - A name to look up in `PATH`, a path, or a `file:` URL.
 * @returns The process, as soon as it runs.
 * @throws {CancelledError} If `options.signal` aborts first; nothing is left running.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument or option is invalid, or an option is unknown; nothing is run.
 * @throws {RangeError} If a number is out of range; nothing is run.
 * @throws {Error} If it cannot be started: Node's system error, whose `code` (`ENOENT`, `EACCES`,
 * `EMFILE`, ...) says why and whose `path` names the program, or the working directory, at fault.
 * Also if `options.signal` aborts and what has started cannot be ended: `code` is `EPERM` if this
 * process may not signal it.
 *
 * @example Read what a program prints
 * ```ts
 * import { PIPE, createSubprocessExec } from "@aio/subprocess";
 *
 * const echo = await createSubprocessExec("echo", ["$HOME", "*"], { stdout: PIPE });
 * const [stdout] = await echo.communicate();
 * console.log(String(stdout).trim(), echo.returncode); // $HOME * 0
 * ```
 *
 * @see asyncio.create_subprocess_exec
 */
export async function createSubprocessExec<const Options extends SubprocessOptions = {}>(
  program: string | URL,
  args: readonly string[] = [],
  options?: Checked<Options>,
): Promise<ProcessOf<Options>> {
  if (!Array.isArray(args)) {
    throw invalidArgumentType("args", "an array of strings, before the options", args);
  }
  const command = {
    program: checkedPath("program", program),
    // Not args.map(), which skips the holes of a sparse array.
    args: Array.from(args, (argument, index) => checkedText(`args[${index}]`, argument)),
    shell: false,
  };
  return (await create(command, options)) as ProcessOf<Options>;
}

/**
 * Run a command line in a shell, `/bin/sh -c`.
 *
 * All shell syntax works: pipes, `$HOME`, `*`. If the shell does not find a command, the return code
 * is 127, without an error. Never build the command line from untrusted text: use
 * {@link createSubprocessExec} instead.
 *
 * @returns The shell's process, as soon as it runs. Signals reach only the shell, unless `killTree` is
 * set.
 * @throws {CancelledError} If `options.signal` aborts first; nothing is left running.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.
 * @throws {TypeError} If an argument or option is invalid, or an option is unknown; nothing is run.
 * @throws {RangeError} If a number is out of range; nothing is run.
 * @throws {Error} If it cannot be started: the same error as from {@link createSubprocessExec}.
 *
 * @example Run a pipeline
 * ```ts
 * import { PIPE, createSubprocessShell } from "@aio/subprocess";
 *
 * const shell = await createSubprocessShell("printf 'b\\na\\n' | sort | head -n 1", { stdout: PIPE });
 * const [stdout] = await shell.communicate();
 * console.log(String(stdout).trim()); // a
 * ```
 *
 * @see asyncio.create_subprocess_shell
 */
export async function createSubprocessShell<const Options extends SubprocessOptions = {}>(
  command: string,
  options?: Checked<Options>,
): Promise<ProcessOf<Options>> {
  if (Array.isArray(options)) {
    const cure = "for a program with arguments, use createSubprocessExec(program, args)";
    throw invalidArgumentType("options", `an object (${cure})`, options);
  }
  const line = checkedText("command", command);
  return (await create({ program: line, args: [], shell: true }, options)) as ProcessOf<Options>;
}

const activity = "starting the process";

async function create(command: Command, options: SubprocessOptions | undefined): Promise<Process> {
  const settings = settingsOf(options);
  const { signal, user, group, passFds } = settings;
  // Nothing may start if the signal has aborted, or refuses listeners, like a frozen one.
  const probe = new Pending<never>(signal, { activity });
  if (probe.settled) return probe.promise;
  probe.stopListening();
  // Looking up a name takes some event-loop turns. Otherwise the child starts in this call.
  const isLate = typeof user === "string" || typeof group === "string";
  const snapshot = isLate ? new Snapshot(settings) : undefined;
  const uid = typeof user === "string" ? await idOf("user", user, signal) : user;
  const gid = typeof group === "string" ? await idOf("group", group, signal) : group;
  if (signal?.aborted) throw cancellationError(signal, activity);
  const surroundings = { ...settings, ...snapshot?.surroundings(command), uid, gid };
  const pipes = new Pipes(settings);
  let process: Process | undefined;
  try {
    const child = await spawnChild(command, { ...surroundings, stdio: pipes.stdio(passFds) });
    process = processOf(child, pipes.endsFor(child), settings);
    if (signal !== undefined) listenTo(process, signal);
    await pipes.ready;
    if (signal?.aborted) throw cancellationError(signal, activity);
    return process;
  } catch (error) {
    // A child that has started must have ended before this rejects. If it cannot be ended, this throws
    // that error instead: a cancellation would say that nothing is left running.
    if (process === undefined) pipes.close();
    else await process[Symbol.asyncDispose]();
    throw error;
  }
}
