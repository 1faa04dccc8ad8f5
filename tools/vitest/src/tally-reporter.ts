import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { type Tally, tallyFile, tallyLine } from "./tally.ts";

/** Prints the tally at the end of a run, and writes it to a file for gate.ts. */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") tally[state] += 1;
      }
    }
    // npm and pnpm name the script that they run.
    const file = tallyFile(process.env["npm_lifecycle_event"] ?? "test");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(tally));
    console.log(tallyLine(tally));
  }
}
