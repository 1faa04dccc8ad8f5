import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { Settings } from "../options.ts";
import { spawnError } from "./spawn-error.ts";

/** What is to run. */
export interface Command {
  /** The program as the caller wrote it: the child's `argv[0]`, and what errors name. */
  readonly program: string;
  readonly args: readonly string[];
  /** Whether `program` is a line for a shell. */
  readonly shell: boolean;
}

/**
 * Start a child. However that fails, it is a rejection, and nothing is left of the attempt.
 *
 * The child is started in this very call.
 */
export function spawnChild(
  command: Command,
  settings: Settings,
  others: SpawnOptions,
): Promise<ChildProcess> {
  const { executable, umask } = settings;
  const options: SpawnOptions = {
    ...others,
    ...(settings.cwd !== undefined && { cwd: settings.cwd }),
    ...(settings.env !== undefined && { env: settings.env }),
    // On Windows it means a console of its own.
    detached: settings.startNewSession && process.platform !== "win32",
    windowsHide: settings.windowsHide,
  };
  let ownUmask: number | undefined;
  try {
    // The mask is the whole process's. Others see the child's only if another thread makes a file
    // while this one is in fork().
    if (umask !== undefined) ownUmask = process.umask(umask);
    // A shell takes `executable` for itself, as Popen's does.
    const child = command.shell
      ? spawn(command.program, { ...options, shell: executable ?? true })
      : spawn(executable ?? command.program, command.args, { ...options, argv0: command.program });
    return child.pid === undefined ? failed(child, command, settings) : Promise.resolve(child);
  } catch (error) {
    return Promise.reject(spawnError(error as Error, command, settings));
  } finally {
    if (ownUmask !== undefined) process.umask(ownUmask);
  }
}

// Node reports some failures (ENOENT, EACCES, EAGAIN, EMFILE, ENFILE) by an event, a tick later, and
// has made the pipes by then, or no stdio at all if there was no descriptor to be had.
function failed(child: ChildProcess, command: Command, settings: Settings): Promise<never> {
  return new Promise((_, reject) => {
    child.once("error", (error) => {
      for (const stream of child.stdio ?? []) stream?.destroy();
      reject(spawnError(error, command, settings));
    });
  });
}
