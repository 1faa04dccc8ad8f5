import type { Server, StreamReader, StreamWriter } from "@aio/streams";
import { startServer, startUnixServer } from "@aio/streams";
import { DEVNULL, PIPE, createSubprocessExec } from "@aio/subprocess";
import { Event, Semaphore } from "@aio/sync";

/** The arguments of each grep, with which the demonstration also checks the answers. */
export const grepArguments: readonly string[] = [
  "-rnI",
  ...["node_modules", ".git", "dist", ".turbo"].map((name) => `--exclude-dir=${name}`),
];

/** The longest line in an answer, in bytes. */
export const longestLine = 1_048_576;

/** How one grep ended. */
export interface Search {
  readonly pattern: string;
  readonly pid: number;
  readonly returncode: number | null;
}

/**
 * Answers each line from a client, a pattern, with the matching lines in `root` as grep finds them, and
 * then with their number. At most `atOnce` greps run at a time.
 */
export class SearchServer {
  readonly searches: Search[] = [];
  /** Set while no client is being served. */
  readonly idle = new Event();
  mostAtOnce = 0;
  readonly #root: string;
  readonly #slots: Semaphore;
  #served = 0;
  #running = 0;

  constructor(root: string, atOnce: number) {
    this.#root = root;
    this.#slots = new Semaphore(atOnce);
    this.idle.set();
  }

  listen(): Promise<Server> {
    return startServer((reader, writer) => this.#serve(reader, writer), "127.0.0.1", 0);
  }

  listenUnix(path: string): Promise<Server> {
    return startUnixServer((reader, writer) => this.#serve(reader, writer), path);
  }

  async #serve(reader: StreamReader, writer: StreamWriter): Promise<void> {
    // A client that ends its output does not want more answers, so its search ends.
    const hangUp = new AbortController();
    let answered = Promise.resolve();
    this.#served += 1;
    this.idle.clear();
    try {
      for await (const pattern of reader.lines()) {
        answered = answered.then(() => this.#search(pattern, writer, hangUp.signal));
        answered.catch(() => writer.abort());
      }
      hangUp.abort("The client hung up");
      await answered;
    } catch (error) {
      hangUp.abort("The client is gone");
      await answered.catch(() => {});
      if (!isLoss(error)) throw error;
    } finally {
      this.#served -= 1;
      if (this.#served === 0) this.idle.set();
    }
  }

  async #search(pattern: string, writer: StreamWriter, signal: AbortSignal): Promise<void> {
    using slot = await this.#slots.acquire({ signal });
    const grep = await createSubprocessExec("grep", [...grepArguments, "-e", pattern, "."], {
      cwd: this.#root,
      stdout: PIPE,
      stderr: DEVNULL,
      signal,
      limit: longestLine,
    });
    this.#running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
    try {
      let matches = 0;
      for await (const line of grep.stdout) {
        writer.write(line);
        matches += 1;
        // Waits if the client is slower than grep, and rejects if it is gone.
        await writer.drain();
      }
      await grep.wait();
      writer.write(`= ${matches} matches\n`);
      await writer.drain();
    } finally {
      // Ends the grep if it is still running.
      await grep[Symbol.asyncDispose]();
      this.#running -= 1;
      this.searches.push({ pattern, pid: grep.pid, returncode: grep.returncode });
    }
  }
}

function isLoss(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNRESET" || code === "EPIPE";
}
