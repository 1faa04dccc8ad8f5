// Runs the tests of the built packages on every runtime, and reports each failure that is not a known
// one. `pnpm runtimes` builds first and installs this folder's dependencies, which are the
// runtimes; browsers come from the system. `pnpm runtimes bun deno sync` runs only these two and that
// package, and `pnpm runtimes deno streams/tls` only the files whose names contain streams/tls.
// `--why` also prints the errors of the known failures.
import { globSync } from "node:fs";
import type { Known } from "./known-failure.ts";
import { known } from "./known-failures.ts";
import { type Run, outcomeOf } from "./outcome.ts";
import { root } from "./places.ts";
import { type Runtime, runtimes } from "./runtimes.ts";

const packages = ["errors", "sync", "streams", "subprocess"];

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const filters = words.filter((word) => word.includes("/"));
const names = words.filter((word) => !word.includes("/") && !word.startsWith("--"));
const showsWhy = words.includes("--why");
const idOf = ({ name }: Runtime): string => name.toLowerCase().replace(" ", "");
const strangers = names.filter(
  (name) => !packages.includes(name) && !runtimes.some((runtime) => idOf(runtime) === name),
);
const chosenPackages = names.filter((name) => packages.includes(name));
const chosen = names.filter((name) => !packages.includes(name));

let red = strangers.length > 0;
if (red) console.error(`Not a runtime or a package: ${strangers.join(", ")}`);
for (const runtime of runtimes) {
  if (chosen.length > 0 && !chosen.includes(idOf(runtime))) continue;
  if (runtime.missing !== undefined) {
    console.log(`${runtime.name.padEnd(9)} skipped: ${runtime.missing} is not installed`);
    continue;
  }
  for (const name of runtime.packages ?? packages) {
    if (chosenPackages.length === 0 || chosenPackages.includes(name))
      await runPackage(runtime, name);
  }
}
process.exitCode = red ? 1 : 0;

async function runPackage(runtime: Runtime, name: string): Promise<void> {
  const here = known.filter(
    ({ on, file }) => on === runtime.name && file.startsWith(`${name}/`) && isChosen(pathOf(file)),
  );
  const started = performance.now();
  const runs = runsOf(runtime, name, here);
  if (runs.length === 0) return;
  const sum = { passed: 0, known: 0, skipped: 0 };
  const news: string[] = [];
  const whys: string[] = [];
  const met = new Map<Known, "as known" | "otherwise">();
  const meet = (entries: readonly Known[], isAsKnown: boolean): void => {
    for (const entry of entries) {
      if (isAsKnown || !met.has(entry)) met.set(entry, isAsKnown ? "as known" : "otherwise");
    }
  };
  for (const run of runs) {
    const { tests, errors, trouble } = await outcomeOf(run);
    if (trouble !== undefined) news.push(trouble);
    for (const { file, title, state, message } of tests) {
      const entries = here.filter(
        (each) =>
          each.how !== "outside" && file.endsWith(pathOf(each.file)) && title.includes(each.test),
      );
      const hangs = entries.some(({ how }) => how === "hangs");
      meet(entries, state === "failed" || hangs);
      if (state === "passed") sum.passed += 1;
      else if (state === "skipped" && hangs) sum.known += 1;
      else if (state === "skipped") sum.skipped += 1;
      else if (entries.length > 0 || runtime.refused?.test(message)) {
        sum.known += 1;
        whys.push(`${file}: ${title}\n    ${message}`);
      } else news.push(`${file}: ${title}\n    ${message}`);
    }
    for (const { file = "no file", message } of errors) {
      const entries = here.filter(
        (each) =>
          each.how === "outside" && file.endsWith(pathOf(each.file)) && message.includes(each.test),
      );
      meet(entries, true);
      const isKnown = entries.length > 0 || runtime.refused?.test(message);
      (isKnown ? whys : news).push(`${file}, outside its tests\n    ${message}`);
    }
  }
  // An entry that matches no test is stale: the test was renamed, removed or fixed.
  for (const entry of here) {
    if (met.get(entry) === "as known" || (entry.how === "sometimes" && met.has(entry))) continue;
    const what = met.has(entry) ? "passes" : entry.how === "outside" ? "is gone" : "has no test";
    news.push(`known-failures*.ts: ${entry.file} ${what}: "${entry.test}"`);
  }
  const { passed, skipped } = sum;
  const took = `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const tally = [`${passed} passed`, `${news.length} failed`, `${sum.known} known to fail`];
  console.log(
    runtime.name.padEnd(9),
    name.padEnd(10),
    `${[...tally, `${skipped} skipped`].join(", ")} (${took})`,
  );
  const shown = showsWhy ? [...news, ...whys] : news;
  for (const text of shown) console.log(`  ${shortened(text)}`);
  if (news.length > 0) red = true;
}

// Leaves out the test runner's part of a stack.
function shortened(text: string): string {
  const lines = text.split("\n").filter((line) => !line.includes("node_modules"));
  return lines.slice(0, 8).join("\n    ");
}

// One run for all files, except that each file with tests to skip has its own: their titles also occur in
// other files.
function runsOf(runtime: Runtime, name: string, here: readonly Known[]): Run[] {
  const pattern = runtime.exclude ?? "/none/";
  const files = globSync(`packages/${name}/test/*.test.ts`, { cwd: root })
    .filter((file) => !pattern.split(",").some((end) => file.endsWith(end)))
    .filter(isChosen)
    .toSorted();
  const hanging = here.filter(({ how }) => how === "hangs");
  const separate = files.filter((path) => hanging.some(({ file }) => path.endsWith(pathOf(file))));
  const together = files.filter((path) => !separate.includes(path));
  return [together, ...separate.map((path) => [path])]
    .filter((group) => group.length > 0)
    .map((group) => runOf(runtime, name, group, hanging));
}

function runOf(
  runtime: Runtime,
  name: string,
  files: readonly string[],
  hanging: readonly Known[],
): Run {
  return {
    command: [...runtime.command, ...(runtime.browser ? [] : ["--project", name]), ...files],
    label: files.length === 1 ? files.join() : `packages/${name}`,
    env: runtime.env ?? {},
    seconds: files.length === 1 ? 120 : 600,
    without: hanging
      .filter(({ file }) => files.some((path) => path.endsWith(pathOf(file))))
      .map(({ test }) => test),
  };
}

function pathOf(file: string): string {
  return `packages/${file.replace("/", "/test/")}.test.ts`;
}

function isChosen(file: string): boolean {
  const short = file.replace("/test/", "/");
  return filters.length === 0 || filters.some((word) => short.includes(word));
}
