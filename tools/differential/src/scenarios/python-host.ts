import { Python, type Interpreter } from "../python.ts";
import type { Host, Reply, Request } from "./host.ts";

/** Runs scenarios over asyncio, all in one Python process. */
export class PythonHost implements Host, Disposable {
  readonly name = "asyncio";
  readonly #python: Python;

  constructor(interpreter: Interpreter, script: string) {
    this.#python = new Python(interpreter, script);
  }

  get version(): string {
    return this.#python.version;
  }

  async perform(request: Request): Promise<Reply> {
    return (await this.#python.ask(request)) as Reply;
  }

  [Symbol.dispose](): void {
    this.#python[Symbol.dispose]();
  }
}
