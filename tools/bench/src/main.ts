import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { ProgressLine } from "./progress-line.ts";
import { readResults, writeResults } from "./results.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { versions } from "./versions.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    passes: { type: "string", default: "3" },
    rounds: { type: "string", default: "7" },
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
  // Others' files may import a package that is not built: load only what was asked for.
  if (!positionals.every((filter) => filter.includes("/") || topic.includes(filter))) continue;
  for (const [exportName, scenario] of Object.entries(await load(file))) {
    const id = `${topic}/${exportName}`;
    if (positionals.every((filter) => id.includes(filter))) {
      selected.push({ id, file, exportName, scenario: restrict(scenario) });
    }
  }
}
if (selected.length === 0) throw new Error(`No scenario's name contains ${positionals.join(" ")}`);
if (values.list) {
  for (const { id, scenario } of selected) console.log(`${id}\t${scenario.title}`);
} else {
  await measureAll();
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
  const results = readResults();
  for (const [index, { id, file, exportName, scenario }] of selected.entries()) {
    const summaries = await runScenario({ file, exportName }, scenario, effort, (done, all) => {
      line.show((index + done / all) / selected.length, id);
    });
    line.clear();
    console.log(`\n${id}: ${scenario.title}, ${scenario.unit}`);
    for (const { name, median, quartiles, subjectRatio } of summaries) {
      const aim = scenario.aims?.[name];
      console.log(
        `  ${name.padEnd(28)} ${median.toFixed(1).padStart(10)}  ${quartiles.map((q) => q.toFixed(0)).join("…").padStart(14)}` +
          `  ${scenario.subject} takes ${subjectRatio.toFixed(3)} of it${aim === undefined ? "" : ` (aim: ${aim})`}`,
      );
    }
    const { title, unit, subject, aims, note } = scenario;
    results.scenarios[id] = { title, unit, subject, aims, note, summaries };
    if (!values["no-report"] && values.only === undefined) writeResults({ ...results, versions: versions() });
  }
}
