import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Contender } from "./scenario.ts";

const program = new URL("contender-process.ts", import.meta.url).pathname;

/** The place of a contender: its name in a scenario that a file exports. */
export interface Place {
  readonly file: string;
  readonly exportName: string;
  readonly contenderName: string;
}

/** A contender's process, which runs one round after another. */
export class RunningContender {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;

  constructor(place: Place, contender: Contender, cpu: number | undefined) {
    const command =
      typeof contender === "function"
        ? // A fixed heap limit, so that the machine's memory does not affect the results.
          [process.execPath, "--expose-gc", "--max-old-space-size=8192", program].concat([
            place.file,
            place.exportName,
            place.contenderName,
          ])
        : (contender.command ?? []);
    const [name = "", ...args] =
      cpu === undefined ? command : ["taskset", "--cpu-list", `${cpu}`, ...command];
    this.#process = spawn(name, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#closed = new Promise((resolve) => this.#process.once("close", resolve));
    // If the process has died, the missing answer reveals it.
    this.#process.stdin?.on("error", () => {});
    const { stdout } = this.#process;
    if (stdout === null) throw new Error(`Cannot read from ${name}`);
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async round(): Promise<number> {
    this.#process.stdin?.write("round\n");
    const { value, done } = await this.#answers.next();
    const figure = Number(value);
    if (done === true || !Number.isFinite(figure)) {
      throw new Error(`The contender answered ${value === undefined ? "nothing" : value}`);
    }
    return figure;
  }

  async end(): Promise<void> {
    this.#process.stdin?.end();
    await this.#closed;
  }
}
