import { cancellationError, invalidArgumentType, signalOf } from "@aio/errors";
import { checkedPath, checkedText, invalidArgumentValue } from "./argument-text.ts";
import { type SubprocessOptions, settingsOf } from "./options.ts";
import { Pipes } from "./pipes/pipes.ts";
import type { Process, ProcessOf } from "./process.ts";
import { RunningProcess } from "./running-process.ts";
import { type Command, spawnChild } from "./spawn/spawn.ts";
import { groupId, userId } from "./spawn/user-database.ts";

// The options are inferred as a whole and not slot by slot: from `stdout: verbose ? PIPE : undefined`
// a type parameter for stdout alone would be inferred as PIPE without the undefined. What is lost by
// that, the check for names that do not exist, this brings back.
type NoOthers<Options> = {
  readonly [Name in Exclude<keyof Options, keyof SubprocessOptions>]: never;
};

/**
 * Run a program, without a shell: `args` reach it as they are.
 *
 * @param program - A name to look up in `PATH`, or a path, or a `file:` URL.
 * @returns The process, as soon as it runs.
 * @throws {CancelledError} If `options.signal` aborts first; nothing runs.
 * @throws {TypeError} If an argument or an option is none, or is unknown; nothing is run.
 * @throws {RangeError} If a number is out of range; nothing is run.
 * @throws {Error} If it cannot be started: Node's system error, whose `code` (`ENOENT`, `EACCES`,
 * `EMFILE`, ...) says why and whose `path` names the program, or the working directory, at fault.
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
  options?: Options & NoOthers<Options>,
): Promise<ProcessOf<Options>> {
  if (!Array.isArray(args)) throw invalidArgumentType("args", "an array", args);
  const command = {
    program: checkedPath("program", program),
    args: args.map((argument, index) => checkedText(`args[${index}]`, argument)),
    shell: false,
  };
  const process: Process = await create(command, options);
  return process as ProcessOf<Options>;
}

/**
 * Run a command line in a shell, `/bin/sh -c`.
 *
 * Whatever the shell knows works: pipes, `$HOME`, `*`. A command that it does not find is its return
 * code 127, not an error. Never build the line from what somebody else wrote: use
 * {@link createSubprocessExec} for that.
 *
 * @returns The shell's process, as soon as it runs. Signals reach the shell alone, unless `killTree`
 * is set.
 * @throws {CancelledError} If `options.signal` aborts first; nothing runs.
 * @throws {TypeError} If an argument or an option is none, or is unknown; nothing is run.
 * @throws {RangeError} If a number is out of range; nothing is run.
 * @throws {Error} If it cannot be started, as {@link createSubprocessExec} says.
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
  options?: Options & NoOthers<Options>,
): Promise<ProcessOf<Options>> {
  const line = checkedText("command", command);
  if (line === "") throw invalidArgumentValue("Invalid command: it is empty");
  const process: Process = await create({ program: line, args: [], shell: true }, options);
  return process as ProcessOf<Options>;
}

async function create(command: Command, options: SubprocessOptions = {}): Promise<RunningProcess> {
  const signal = signalOf({ signal: options.signal });
  const settings = settingsOf(options);
  if (signal?.aborted) throw cancellationError(signal);
  // Each of these takes some turns of the event loop, so they are awaited only if asked for.
  const { user, group } = settings;
  const uid = typeof user === "string" ? await userId(user) : user;
  const gid = typeof group === "string" ? await groupId(group) : group;
  const needsPipes = settings.stdio.merged || settings.osPipes;
  const pipes = needsPipes ? await Pipes.open(settings) : new Pipes(settings);
  if (signal?.aborted) {
    pipes.close();
    throw cancellationError(signal);
  }
  const starting = spawnChild(command, settings, {
    stdio: pipes.stdio(settings.passFds),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  });
  const child = await starting.catch((error: unknown) => {
    pipes.close();
    throw error;
  });
  const running = new RunningProcess(child, pipes.endsFor(child), settings, signal);
  // Aborted since: the child must be gone before its caller hears of that.
  if (signal?.aborted) {
    await running[Symbol.asyncDispose]();
    throw cancellationError(signal);
  }
  return running;
}
