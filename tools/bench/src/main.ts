import { readdirSync } from "node:fs";
import { cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { writeReport } from "./report.ts";
import { type Figures, type Place, runPass } from "./run-pass.ts";
import type { Scenario } from "./scenario.ts";
import { type Result, figure, standings, summarize, times } from "./statistics.ts";
import { versions } from "./versions.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "14" },
    passes: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    "warm-ups": { type: "string", default: "3" },
    cpu: { type: "string" },
    only: { type: "string" },
    list: { type: "boolean", default: false },
  },
});
const effort = {
  rounds: Number(values.rounds),
  warmUps: Number(values["warm-ups"]),
  cpu: values.cpu === undefined ? undefined : Number(values.cpu),
};
const suites = ["sync", "streams", "subprocess"];

interface Measured extends Place {
  /** Its file and its export: `handOff` in sync-lock.bench.ts is sync-lock/handOff. */
  readonly id: string;
  readonly scenario: Scenario;
  readonly figures: Figures;
}

// Selects a suite by its name, or scenarios by any part of their ids.
const [suite] = positionals.length === 1 ? suites.filter((name) => name === positionals[0]) : [];
const selected: Measured[] = [];
for (const name of readdirSync(import.meta.dirname).toSorted()) {
  if (!name.endsWith(".bench.ts")) continue;
  const topic = name.slice(0, -".bench.ts".length);
  const isOther = suite !== undefined && !topic.startsWith(`${suite}-`);
  if (isOther || !isAskedFor(`${topic}/`, (filter) => filter.replace(/\/.*/, ""))) continue;
  const file = `${import.meta.dirname}/${name}`;
  for (const [exportName, scenario] of Object.entries(await load(file))) {
    const id = `${topic}/${exportName}`;
    if (!isAskedFor(id)) continue;
    selected.push({ id, file, exportName, scenario: restrict(scenario), figures: new Map() });
  }
}
if (selected.length === 0) throw new Error(`No scenario's name contains ${positionals.join(" ")}`);
if (values.list) {
  for (const { id, scenario } of selected) console.log(`${id}\t${scenario.title}`);
} else {
  await measureAll();
}

// A file that no filter matches is not even loaded, since its package may not be built.
function isAskedFor(id: string, part = (filter: string): string => filter): boolean {
  return positionals.length === 0 || positionals.some((filter) => id.includes(part(filter)));
}

async function load(file: string): Promise<Record<string, Scenario>> {
  return (await import(file)) as Record<string, Scenario>;
}

/** `--only superlock,floor` selects the subject and the contenders whose names contain one of these. */
function restrict(scenario: Scenario): Scenario {
  const wanted = values.only?.split(",");
  if (wanted === undefined) return scenario;
  const contenders = Object.entries(scenario.contenders).filter(
    ([name]) => name === scenario.subject || wanted.some((part) => name.includes(part)),
  );
  return { ...scenario, contenders: Object.fromEntries(contenders) };
}

/**
 * Repeat passes over all scenarios. Each scenario has figures after the first pass; another one starts only
 * if it is expected to end in time.
 */
async function measureAll(): Promise<void> {
  const start = performance.now();
  const minutes = (): number => (performance.now() - start) / 60_000;
  let passes = 0;
  do {
    passes += 1;
    for (const [index, { id, file, exportName, scenario, figures }] of selected.entries()) {
      const progress = `pass ${passes}, ${index + 1} of ${selected.length}`;
      console.error(`${minutes().toFixed(1).padStart(5)} min  ${progress}: ${id}`);
      await runPass({ file, exportName }, scenario, effort, figures);
    }
  } while (passes < Number(values.passes) && minutes() * (1 + 1 / passes) < Number(values.minutes));
  const results = selected.map(resultOf);
  for (const result of results) console.log(`\n${plainTable(result)}`);
  console.log(`\n${plainStandings(results)}`);
  if (suite === undefined || values.only !== undefined) return;
  const contenders = results.flatMap(({ summaries }) => summaries.map(({ name }) => name));
  const names = Object.entries(versions(contenders)).map(([name, version]) => `${name} ${version}`);
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? "an unknown processor"}, Linux ${release()}`;
  const run = `Measured in one run of ${minutes().toFixed(0)} minutes (${passes === 1 ? "1 pass" : `${passes} passes`}) on ${new Date().toISOString().slice(0, 10)}: ${machine}; ${names.join(", ")}.`;
  writeReport(suite, results, run);
}

function resultOf({ id, scenario, figures }: Measured): Result {
  const { title, unit, subject, aims } = scenario;
  const note = [scenario.note, absence(scenario)].filter(Boolean).join(" ");
  return { id, title, unit, subject, aims, note, summaries: summarize(figures, subject) };
}

/** Names the contenders that are not installed. */
function absence({ contenders }: Scenario): string {
  const absent = Object.entries(contenders)
    .filter(([, contender]) => typeof contender !== "function" && contender.command === undefined)
    .map(([name]) => name);
  return absent.length === 0 ? "" : `Not installed here: ${absent.join(", ")}.`;
}

/** A result as text for a terminal. */
function plainTable({ id, title, unit, subject, aims, note, summaries }: Result): string {
  const rows = summaries.map(({ name, median, quartiles: [low, high], subjectRatio }) => {
    const aim = aims?.[name];
    return [
      `  ${name.padEnd(30)} ${figure(median, unit).padStart(10)}`,
      `(${figure(low, unit)} to ${figure(high, unit)})`.padEnd(24),
      name === subject ? "" : `${subject} takes ${times(subjectRatio)} of it`,
      aim === undefined ? "" : `(aim: ${times(aim)}${subjectRatio <= aim ? "" : ", missed"})`,
    ].join("  ");
  });
  return [`${id}: ${title}, ${unit}`, ...rows, note === "" ? [] : `  ${note}`].flat().join("\n");
}

/** In how many scenarios the package is ahead of each peer, level or behind, as text for a terminal. */
function plainStandings(results: readonly Result[]): string {
  const rows = standings(results).map(({ peer, ahead, level, behind }) => {
    const counts = [ahead, level, behind.length].map((count) => String(count).padStart(7));
    return [`${peer.padEnd(28)}${counts.join("")}  ${behind.join("; ")}`.trimEnd()];
  });
  return [`${"".padEnd(28)}  ahead  level behind  behind in`, ...rows].join("\n");
}
