import type { ChildProcess, SpawnOptions, StdioOptions } from "node:child_process";
import { builtin } from "../platform.ts";
import type { Environment } from "./checked-text.ts";

/** What to run. */
export interface Command {
  /** The program as the caller wrote it: the child's `argv[0]`, and what errors name. */
  readonly program: string;
  readonly args: readonly string[];
  /** Whether `program` is a command line for a shell. */
  readonly shell: boolean;
}

/** How to run it. */
export interface Surroundings {
  readonly executable: string | undefined;
  readonly cwd: string | undefined;
  readonly env: Environment | undefined;
  readonly umask: number | undefined;
  readonly startNewSession: boolean;
  readonly windowsHide: boolean;
  readonly stdio: StdioOptions;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/**
 * Start a child, synchronously. Every failure is a rejection, and leaks nothing.
 */
export function spawnChild(command: Command, surroundings: Surroundings): Promise<ChildProcess> {
  const { spawn } = builtin("child_process");
  const { executable, cwd, env, umask, stdio, uid, gid } = surroundings;
  const options: SpawnOptions = {
    stdio,
    // On Windows, a detached child gets its own console.
    detached: surroundings.startNewSession && process.platform !== "win32",
    windowsHide: surroundings.windowsHide,
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  };
  let ownUmask: number | undefined;
  try {
    // The umask is process-wide, so it is changed only during fork(). Another thread that creates a
    // file at that moment gets the child's umask.
    if (umask !== undefined) ownUmask = process.umask(umask);
    // Node refuses an empty command line. To a shell, a space is equivalent.
    const child = command.shell
      ? spawn(command.program || " ", { ...options, shell: executable ?? true })
      : spawn(executable ?? command.program, command.args, { ...options, argv0: command.program });
    return child.pid === undefined ? failed(child, command, surroundings) : Promise.resolve(child);
  } catch (error) {
    return Promise.reject(spawnError(error as Error, command, surroundings));
  } finally {
    if (ownUmask !== undefined) process.umask(ownUmask);
  }
}

// Node reports some failures (ENOENT, EACCES, EAGAIN, EMFILE, ENFILE) in an event, a tick later. By
// then it has made the pipes, or no stdio at all if descriptors ran out.
function failed(child: ChildProcess, command: Command, surroundings: Surroundings): Promise<never> {
  return new Promise((_, reject) => {
    child.once("error", (error) => {
      for (const stream of child.stdio ?? []) stream?.destroy();
      reject(spawnError(error, command, surroundings));
    });
  });
}

/**
 * The error of a failed start, in the form of Node's system errors (`code`, `errno`, `syscall`,
 * `path`), but naming the actual cause: Node blames the program for a missing working directory
 * (nodejs/node#45279). It does not contain the arguments, which may be secret.
 */
function spawnError(
  error: NodeJS.ErrnoException,
  command: Command,
  surroundings: Surroundings,
): Error {
  const { code, errno } = error;
  // Node itself refused an argument, the umask (in a worker) or child processes (--permission).
  if (code === undefined || errno === undefined) return error;
  const program = surroundings.executable ?? (command.shell ? "/bin/sh" : command.program);
  const found = { syscall: `spawn ${program}`, path: program, message: `Cannot start ${program}` };
  try {
    explain(found, code, surroundings);
  } catch {
    // The explanation is optional: --permission may deny access to the files, or they may be gone.
  }
  const { message, syscall, path } = found;
  return Object.assign(new Error(message), { errno, code, syscall, path });
}

function explain(
  found: { syscall: string; path: string; message: string },
  code: string,
  { cwd, env = process.env, uid, gid }: Surroundings,
): void {
  const program = found.path;
  found.message += `: ${code}`;
  if (process.platform === "win32") return;
  const fault = cwd === undefined ? undefined : faultOf(cwd);
  if (cwd !== undefined && fault?.code === code) {
    found.message = `Cannot start ${program} in ${cwd}: ${code}, ${fault.reason}`;
    found.syscall = "chdir";
    found.path = cwd;
  } else if (code === "ENOENT") {
    // The file may exist: then its interpreter is missing.
    const file = fileOf(program, cwd, env);
    const interpreter = file && interpreterOf(file);
    if (interpreter) found.message += `, the interpreter of ${file} is missing: ${interpreter}`;
  } else if (code === "EPERM" && (uid !== undefined || gid !== undefined)) {
    found.message += ", changing the user or the group is not permitted";
  }
}

function faultOf(cwd: string): { code: string | undefined; reason: string } | undefined {
  const { accessSync, constants, statSync } = builtin("fs");
  try {
    if (!statSync(cwd).isDirectory()) return { code: "ENOTDIR", reason: "it is not a directory" };
    accessSync(cwd, constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "the directory does not exist" : "it cannot be entered";
    return { code, reason };
  }
}

/** The file that execvp() would run for a program. */
function fileOf(program: string, cwd = "", env: Environment): string | undefined {
  const path = program.includes("/") ? "" : (env["PATH"] ?? "/bin:/usr/bin");
  return path
    .split(":")
    .map((directory) => builtin("path").resolve(cwd, directory, program))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  const { accessSync, constants, statSync } = builtin("fs");
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The interpreter named in a script's first line, quoted, if it is missing. */
function interpreterOf(file: string): string | undefined {
  const { closeSync, openSync, readSync } = builtin("fs");
  const start = Buffer.alloc(256);
  const fd = openSync(file, "r");
  try {
    readSync(fd, start);
  } finally {
    closeSync(fd);
  }
  // A carriage return is part of the name, which is why scripts with Windows line endings fail.
  const [, interpreter] = /^#![ \t]*([^ \t\n\0]+)/.exec(start.toString()) ?? [];
  if (interpreter !== undefined) {
    return isExecutable(interpreter) ? undefined : JSON.stringify(interpreter);
  }
  return start.toString("latin1").startsWith("\x7fELF") ? "its dynamic loader" : undefined;
}
