import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** An installed CPython: its command, and its version as three numbers. */
export interface Interpreter {
  readonly command: string;
  readonly version: readonly [major: number, minor: number, micro: number];
}

/**
 * Find a CPython: the one that AIO_PYTHON names, or the first suitable one among `python3`, the versions
 * installed by pyenv or on a GitHub runner, and `python3.N`. Returns `undefined` if there is none.
 *
 * @param wanted - `"3.13"` means exactly that version, `"3.11+"` that version or later.
 */
export function findPython(wanted: string): Interpreter | undefined {
  const named = process.env["AIO_PYTHON"];
  const [, minorText = "", orLater] = /^3\.(\d+)(\+?)$/.exec(wanted) ?? [];
  const minor = Number(minorText);
  const fits = ({ version }: Interpreter): boolean =>
    version[0] === 3 && (orLater === "+" ? version[1] >= minor : version[1] === minor);
  const commands = named === undefined ? ["python3", ...installed(), `python3.${minor}`] : [named];
  for (const command of commands) {
    const found = interpreterOf(command);
    if (found !== undefined && fits(found)) return found;
  }
  return undefined;
}

function installed(): string[] {
  const { PYENV_ROOT, RUNNER_TOOL_CACHE = "" } = process.env;
  const pyenv = join(PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const runner = join(RUNNER_TOOL_CACHE, "Python");
  return [
    ...namesIn(pyenv).map((version) => join(pyenv, version, "bin", "python3")),
    ...namesIn(runner).map((version) => join(runner, version, "x64", "bin", "python3")),
  ];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const known = new Map<string, Interpreter | undefined>();

function interpreterOf(command: string): Interpreter | undefined {
  if (!known.has(command)) known.set(command, ask(command));
  return known.get(command);
}

function ask(command: string): Interpreter | undefined {
  const { stdout } = spawnSync(command, ["-c", "import sys; print(*sys.version_info[:3])"], {
    encoding: "utf8",
  });
  const [major, minor, micro] = (stdout ?? "").trim().split(" ").map(Number);
  if (major === undefined || minor === undefined || micro === undefined) return undefined;
  return { command, version: [major, minor, micro] };
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A Python process that answers JSON documents. Questions and answers are numbered. */
export class Python implements Disposable {
  readonly interpreter: Interpreter;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #asked = new Map<number, Asked>();
  #count = 0;
  #end: Error | undefined = undefined;

  /** @param script - The script to run, in `python/`. */
  constructor(interpreter: Interpreter, script: string) {
    this.interpreter = interpreter;
    const { command } = interpreter;
    const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url));
    this.#process = spawn(command, ["-B", path], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface(this.#process.stdout).on("line", (line) => {
      const [number, answer] = JSON.parse(line) as [number, unknown];
      this.#asked.get(number)?.resolve(answer);
      this.#asked.delete(number);
    });
    this.#process.on("close", (code) => {
      this.#end = new Error(`Cannot run the program: ${command} ended with ${code}`);
      for (const { reject } of this.#asked.values()) reject(this.#end);
    });
    this.#process.on("error", () => {});
    this.#process.stdin.on("error", () => {});
  }

  get version(): string {
    return this.interpreter.version.join(".");
  }

  ask(question: unknown): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#count += 1;
    const number = this.#count;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject });
      this.#process.stdin.write(`${JSON.stringify([number, question])}\n`);
    });
  }

  [Symbol.dispose](): void {
    this.#process.stdin.end();
  }
}
