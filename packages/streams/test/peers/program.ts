import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import type { Stream } from "node:stream";
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** Whether this Node runs TypeScript, which {@link Program.script} needs. */
export const runsTypeScript: boolean = major > 22 || (major === 22 && minor >= 18);

/** Whether a program is installed. Tests are skipped without the program that they need. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync("which", [name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A child process that a test talks to, until it disposes of it. */
export class Program {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = "";
  #hasEnded = false;
  #tell: () => void = () => {};

  constructor(name: string, args: readonly string[], inherited: readonly (Stream | number)[] = []) {
    const stdio = ["pipe", "pipe", "pipe", ...inherited] as const;
    this.#child = spawn(name, args, { stdio: [...stdio] }) as ChildProcessWithoutNullStreams;
    this.#child.stdin.on("error", () => {});
    const print = (chunk: Buffer): void => {
      this.#output += String(chunk);
      this.#tell();
    };
    this.#child.stdout.on("data", print);
    this.#child.stderr.on("data", print);
    this.#child.on("close", () => {
      this.#hasEnded = true;
      this.#tell();
    });
  }

  /** Run a function of peers/asyncio_peer.py, by name. */
  static asyncio(...args: string[]): Program {
    const script = fileURLToPath(new URL("asyncio_peer.py", import.meta.url));
    return new Program("python3", [script, ...args]);
  }

  /**
   * Run a program of the folder programs, which uses this package.
   *
   * @param inherited - The program's descriptors from 3 on.
   */
  static script(
    name: string,
    args: readonly string[] = [],
    { node = [], inherited = [] }: { node?: readonly string[]; inherited?: readonly object[] } = {},
  ): Program {
    const path = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
    const conditions = process.env["AIO_DIST"] === "1" ? [] : ["--conditions=@aio/source"];
    return new Program(process.execPath, [...conditions, ...node, path, ...args], inherited as []);
  }

  /** Wait until its output, stderr included, matches, and return the match. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#output)?.[0];
      if (match !== undefined) return match;
      if (this.#hasEnded) throw new Error(`The program ended; it printed:\n${this.#output}`);
      await this.#more();
    }
  }

  /** Wait until it ends, and return everything that it printed. */
  async ended(): Promise<string> {
    while (!this.#hasEnded) await this.#more();
    return this.#output;
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  end(): void {
    this.#child.stdin.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill();
    await this.ended();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }
}
