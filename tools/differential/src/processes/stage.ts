import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "../scenarios/host.ts";
import type { Scenario } from "../scenarios/language.ts";
import { type Line, run } from "../scenarios/run.ts";

/** Runs process scenarios; has a directory for their files. */
export class Stage implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "aio-"));
  #files = 0;

  run(scenario: Scenario, over: string, host: Host): Promise<Line[]> {
    this.#files += 1;
    const file = join(this.#directory, `${this.#files}`);
    return run(scenario, { partOf: () => "process", hosts: { process: host } }, { over, file });
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}
