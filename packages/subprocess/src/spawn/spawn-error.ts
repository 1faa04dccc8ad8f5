import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import type { Environment } from "./environment.ts";
import type { Settings } from "../options.ts";
import type { Command } from "./spawn.ts";

/**
 * The error of a start that failed, in the shape that Node gives its system errors (`code`, `errno`,
 * `syscall`, `path`), naming what is at fault: Node blames the program for a missing working
 * directory (nodejs/node#45279). The arguments are left out of it: they may be secret.
 */
export function spawnError(
  error: NodeJS.ErrnoException,
  command: Command,
  { executable, cwd, env }: Settings,
): Error {
  const { code, errno } = error;
  // An argument that Node itself refused, or an umask where there is none (a worker).
  if (code === undefined || errno === undefined) return error;
  const program = executable ?? (command.shell ? "/bin/sh" : command.program);
  if (cwd !== undefined && (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES")) {
    const fault = faultOf(cwd);
    if (fault !== undefined) {
      const message = `Cannot start ${program} in ${cwd}: ${fault.code}, ${fault.text}`;
      return systemError(message, fault.code, fault.errno, "chdir", cwd);
    }
  }
  const interpreter = code === "ENOENT" && isThere(program, cwd, env);
  const reason = interpreter ? `${code}, its interpreter is missing` : code;
  return systemError(
    `Cannot start ${program}: ${reason}`,
    code,
    errno,
    `spawn ${program}`,
    program,
  );
}

interface Fault {
  readonly code: string;
  readonly errno: number;
  readonly text: string;
}

function faultOf(cwd: string): Fault | undefined {
  try {
    if (!statSync(cwd).isDirectory())
      return { code: "ENOTDIR", errno: -20, text: "it is no directory" };
    accessSync(cwd, constants.X_OK);
    return undefined;
  } catch (error) {
    const { code = "ENOENT", errno = -2 } = error as NodeJS.ErrnoException;
    return { code, errno, text: "it cannot be entered" };
  }
}

// A script is there although running it said ENOENT: what is missing is the interpreter it names.
function isThere(program: string, cwd = ".", env: Environment = process.env): boolean {
  const directories = program.includes("/") ? [""] : (env["PATH"] ?? "").split(delimiter);
  return directories.some((directory) => existsSync(resolve(cwd, directory, program)));
}

function systemError(
  message: string,
  code: string,
  errno: number,
  syscall: string,
  path: string,
): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { errno, code, syscall, path });
}
