import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { ProgressLine } from "./progress-line.ts";
import { readResults, writeResults } from "./results.ts";
import { runScenario } from "./run-scenario.ts";
import type { Result, Results } from "./result.ts";
import type { Scenario } from "./scenario.ts";
import { versions } from "./versions.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    passes: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    "warm-ups": { type: "string", default: "3" },
    cpu: { type: "string" },
    only: { type: "string" },
    list: { type: "boolean", default: false },
    "no-report": { type: "boolean", default: false },
  },
});
const effort = {
  passes: Number(values.passes),
  rounds: Number(values.rounds),
  warmUps: Number(values["warm-ups"]),
  cpu: values.cpu === undefined ? undefined : Number(values.cpu),
};

// A scenario's id is where it stands: sync-lock.bench.ts and its export `handOff` are
// sync-lock/handOff, and "sync" is its suite.
const selected: { id: string; file: string; exportName: string; scenario: Scenario }[] = [];
for (const name of readdirSync(import.meta.dirname).toSorted()) {
  if (!name.endsWith(".bench.ts")) continue;
  const topic = name.slice(0, -".bench.ts".length);
  const file = `${import.meta.dirname}/${name}`;
  if (!isAskedFor(`${topic}/`, (filter) => filter.replace(/\/.*/, ""))) continue;
  for (const [exportName, scenario] of Object.entries(await load(file))) {
    const id = `${topic}/${exportName}`;
    if (isAskedFor(id)) selected.push({ id, file, exportName, scenario: restrict(scenario) });
  }
}
if (selected.length === 0) throw new Error(`No scenario's name contains ${positionals.join(" ")}`);
if (values.list) {
  for (const { id, scenario } of selected) console.log(`${id}\t${scenario.title}`);
} else {
  await measureAll();
}

// A file whose topic no filter can mean is not even loaded: its package may not be built.
function isAskedFor(id: string, part = (filter: string): string => filter): boolean {
  return positionals.length === 0 || positionals.some((filter) => id.includes(part(filter)));
}

async function load(file: string): Promise<Record<string, Scenario>> {
  return (await import(file)) as Record<string, Scenario>;
}

/** `--only superlock,floor`: the subject, and those whose name contains one of these. */
function restrict(scenario: Scenario): Scenario {
  const wanted = values.only?.split(",");
  if (wanted === undefined) return scenario;
  const contenders = Object.entries(scenario.contenders).filter(
    ([name]) => name === scenario.subject || wanted.some((part) => name.includes(part)),
  );
  return { ...scenario, contenders: Object.fromEntries(contenders) };
}

async function measureAll(): Promise<void> {
  const line = new ProgressLine(process.stderr);
  // A run of everything forgets the scenarios that are no more.
  const scenarios: Results["scenarios"] = positionals.length > 0 ? readResults().scenarios : {};
  for (const [index, { id, file, exportName, scenario }] of selected.entries()) {
    const summaries = await runScenario({ file, exportName }, scenario, effort, (done, all) => {
      line.show((index + done / all) / selected.length, id);
    });
    line.clear();
    const { title, unit, subject, aims } = scenario;
    const note = [scenario.note, absence(scenario)].filter(Boolean).join(" ");
    const result = { title, unit, subject, aims, note, summaries };
    console.log(`\n${id}: ${title}\n${plainTable(result)}`);
    scenarios[id] = result;
    // After each, so that a run that is stopped has not been for nothing.
    if (!values["no-report"] && values.only === undefined) {
      writeResults({ versions: versions(), scenarios });
    }
  }
}

/** Who would have taken part, had he been installed. */
function absence({ contenders }: Scenario): string {
  const absent = Object.entries(contenders)
    .filter(([, contender]) => typeof contender !== "function" && contender.command === undefined)
    .map(([name]) => name);
  return absent.length === 0 ? "" : `Not installed here: ${absent.join(", ")}.`;
}

/** What a terminal shows of a result. */
function plainTable({ unit, subject, aims, note, summaries }: Result): string {
  const rows = summaries.map(({ name, median, quartiles: [low, high], subjectRatio }) => {
    const aim = aims?.[name];
    return [
      `  ${name.padEnd(26)} ${median.toFixed(1).padStart(10)} ${unit}`,
      `(${low.toFixed(0)} to ${high.toFixed(0)})`.padEnd(18),
      name === subject ? "" : `${subject} takes ${subjectRatio.toFixed(3)} of it`,
      aim === undefined ? "" : `(aim: ${aim.toFixed(3)})`,
    ].join("  ");
  });
  return [...rows, note === undefined || note === "" ? [] : `  ${note}`].flat().join("\n");
}
