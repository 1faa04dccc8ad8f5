// Runs the tests of the built packages on every runtime, and reports each failure that is not a known
// one. `pnpm runtimes` builds first and installs this folder's dependencies, which are the
// runtimes; browsers come from the system. `pnpm runtimes bun deno` runs only these two, and
// `pnpm runtimes deno streams/tls` only the files whose names contain streams/tls.
import { globSync } from "node:fs";
import { type Known, known } from "./known-failures.ts";
import { type Run, outcomeOf } from "./outcome.ts";
import { root } from "./places.ts";
import { type Runtime, runtimes } from "./runtimes.ts";

const packages = ["errors", "sync", "streams", "subprocess"];

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const filters = words.filter((word) => word.includes("/"));
const names = words.filter((word) => !word.includes("/"));
const idOf = ({ name }: Runtime): string => name.toLowerCase().replace(" ", "");
const strangers = names.filter((name) => !runtimes.some((runtime) => idOf(runtime) === name));

let red = strangers.length > 0;
if (red) console.error(`Runtimes are ${runtimes.map(idOf).join(", ")}`);
for (const runtime of runtimes) {
  if (names.length > 0 && !names.includes(idOf(runtime))) continue;
  if (runtime.missing !== undefined) {
    console.log(`${runtime.name.padEnd(9)} skipped: ${runtime.missing} is not installed`);
    continue;
  }
  for (const name of runtime.packages ?? packages) await runPackage(runtime, name);
}
process.exitCode = red ? 1 : 0;

async function runPackage(runtime: Runtime, name: string): Promise<void> {
  const here = known.filter(
    (entry) => entry.on === runtime.name && entry.file.startsWith(`${name}/`),
  );
  const sum = { passed: 0, known: 0, skipped: 0 };
  const news: string[] = [];
  const met = new Set<Known>();
  const runs = runsOf(runtime, name, here);
  if (runs.length === 0) return;
  for (const run of runs) {
    const outcome = await outcomeOf(run);
    if (outcome.trouble !== undefined) news.push(outcome.trouble);
    for (const { file, title, state, message } of outcome.tests) {
      const entries = here.filter(
        (each) => file.endsWith(pathOf(each.file)) && title.includes(each.test),
      );
      for (const entry of entries) met.add(entry);
      if (state === "passed") sum.passed += 1;
      else if (state === "skipped" && entries.some((entry) => entry.hangs)) sum.known += 1;
      else if (state === "skipped") sum.skipped += 1;
      else if (entries.length > 0 || runtime.refused?.test(message)) sum.known += 1;
      else news.push(`${file}: ${title}\n    ${message.split("\n", 1)[0]}`);
    }
  }
  // An entry that matches no test is stale: the test was renamed or removed.
  for (const entry of filters.length > 0 ? [] : here) {
    if (!met.has(entry)) news.push(`known-failures.ts: ${entry.file} has no test "${entry.test}"`);
  }
  const { passed, skipped } = sum;
  const tally = [`${passed} passed`, `${news.length} failed`, `${sum.known} known to fail`];
  console.log(runtime.name.padEnd(9), name.padEnd(10), [...tally, `${skipped} skipped`].join(", "));
  for (const line of news) console.log(`  ${line}`);
  if (news.length > 0) red = true;
}

// A runtime on which a file can hang or run out of memory runs each file separately.
function runsOf(runtime: Runtime, name: string, here: readonly Known[]): Run[] {
  const pattern = runtime.exclude ?? "/none/";
  const files = globSync(`packages/${name}/test/*.test.ts`, { cwd: root })
    .filter((file) => !pattern.split(",").some((end) => file.endsWith(end)))
    .filter((file) => filters.length === 0 || filters.some((word) => fits(file, word)))
    .toSorted();
  const groups = runtime.fileByFile ? files.map((file) => [file]) : [files];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => ({
      command: [...runtime.command, ...(runtime.browser ? [] : ["--project", name]), ...group],
      label: group.length === 1 ? `${group[0]}` : `packages/${name}`,
      env: runtime.env ?? {},
      seconds: runtime.fileByFile ? 120 : 600,
      without: here
        .filter((entry) => entry.hangs && group.some((file) => file.endsWith(pathOf(entry.file))))
        .map((entry) => entry.test),
    }));
}

function pathOf(file: string): string {
  return `packages/${file.replace("/", "/test/")}.test.ts`;
}

function fits(file: string, word: string): boolean {
  return file.replace("/test/", "/").includes(word);
}
