// node gate.ts COMMAND ...: runs a command that may test several packages, then prints the sum of their
// tallies. A package whose tests come from Turbo's cache counts, too: the cache contains its tally.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { type Tally, tallyFile, tallyLine } from "./tally.ts";

const tallies = (): string[] => globSync(`{packages,tools}/*/${tallyFile("*")}`);

// Stale tallies must not count if a package fails before its tests start.
for (const file of tallies()) rmSync(file);

const [program = "", ...args] = process.argv.slice(2);
const { status, error } = spawnSync(program, args, { stdio: "inherit" });
if (error) throw error;

const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
for (const file of tallies()) {
  const tally = JSON.parse(readFileSync(file, "utf8")) as Tally;
  sum.passed += tally.passed;
  sum.failed += tally.failed;
  sum.skipped += tally.skipped;
}
console.log(tallyLine(sum));
process.exitCode = status ?? 1;
