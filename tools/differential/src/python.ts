import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Program } from "./program.ts";
import type { Batch } from "./trace.ts";

const command = process.env["AIO_PYTHON"] ?? "python3";

/** The version of the Python to compare with; `undefined` if there is none that is new enough. */
export function pythonVersion(): string | undefined {
  const { stdout } = spawnSync(command, ["-c", "import sys; print(*sys.version_info[:3])"], {
    encoding: "utf8",
  });
  const [major = 0, minor = 0, micro = 0] = (stdout ?? "").trim().split(" ").map(Number);
  return major === 3 && minor >= 11 ? `${major}.${minor}.${micro}` : undefined;
}

/** One Python process that runs program after program over asyncio. */
export class Python implements Disposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #asked: { resolve: (trace: Batch[]) => void; reject: (error: Error) => void }[] = [];

  #end: Error | undefined = undefined;

  constructor() {
    const script = fileURLToPath(new URL("../python/interpreter.py", import.meta.url));
    this.#process = spawn(command, ["-B", script], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface(this.#process.stdout).on("line", (line) => {
      this.#asked.shift()?.resolve(JSON.parse(line) as Batch[]);
    });
    this.#process.on("close", (code) => {
      this.#end = new Error(`Cannot run the program: ${command} ended with ${code}`);
      for (const { reject } of this.#asked.splice(0)) reject(this.#end);
    });
    this.#process.on("error", () => {});
    this.#process.stdin.on("error", () => {});
  }

  run(program: Program): Promise<Batch[]> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(program)}\n`);
    });
  }

  [Symbol.dispose](): void {
    this.#process.stdin.end();
  }
}
