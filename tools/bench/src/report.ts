import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.ts";
import { type Result, type Summary, figure, peersIn, standings, times } from "./statistics.ts";

const folder = new URL("../", import.meta.url);
const file = new URL("results.md", folder);

const opening = `# Benchmark results

\`pnpm bench sync\`, \`pnpm bench streams\` and \`pnpm bench subprocess\` each write one section. The [README](./README.md) explains the measurements. Lower is better.`;

/** Replace a suite's section in results.md, and draw its charts. */
export function writeReport(suite: string, results: readonly Result[], run: string): void {
  const sections = new Map<string, string>();
  const old = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const section of old.split(/^(?=## @aio\/)/m).slice(1)) {
    sections.set(/^## @aio\/(\w+)/.exec(section)?.[1] ?? "", section.trim());
  }
  const charts = [chart(suite, results, "time"), chart(suite, results, "size")];
  for (const { name, svg } of charts) {
    if (svg !== undefined) writeFileSync(new URL(name, folder), svg);
  }
  const pictures = charts
    .filter(({ svg }) => svg !== undefined)
    .map(({ name, title }) => `![${title}](./${name})`);
  sections.set(suite, section(suite, results, run, pictures));
  const sorted = [...sections].toSorted(([a], [b]) => a.localeCompare(b)).map(([, text]) => text);
  writeFileSync(file, `${[opening, ...sorted].join("\n\n")}\n`);
}

function section(
  suite: string,
  results: readonly Result[],
  run: string,
  pictures: readonly string[],
): string {
  return [
    `## @aio/${suite}`,
    run,
    ...pictures,
    overview(results),
    "The number of scenarios in which the package is ahead of each peer, level with it (within 3 %), or behind it:",
    standingsTable(results),
    ...results.map((result) => `### ${result.title}\n\n${details(result)}`),
  ].join("\n\n");
}

function overview(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const ours = result.summaries.find((summary) => summary.name === result.subject);
    const floor = result.summaries.find((summary) => summary.name === "floor");
    return [
      result.title,
      figure(ours?.median, result.unit),
      floor === undefined ? "" : times(floor.subjectRatio),
      peersIn(result)
        .toSorted((a, b) => a.median - b.median)
        .map((summary) => `${summary.name}: ${times(1 / summary.subjectRatio)}`)
        .join(", "),
    ];
  });
  return table(["", "this package", "÷ floor", "peer ÷ this package"], rows);
}

function standingsTable(results: readonly Result[]): string {
  const rows = standings(results).map(({ peer, ahead, level, behind }) => {
    return [peer, `${ahead}`, `${level}`, `${behind.length}`, behind.join("; ")];
  });
  return table(["", "ahead", "level", "behind", "behind in"], rows);
}

function details({ id, unit, subject, aims, note, summaries }: Result): string {
  const rows = summaries.map((summary) => [
    summary.name === subject ? `**${summary.name}**` : summary.name,
    figure(summary.median, unit),
    summary.quartiles.map((quartile) => figure(quartile, unit)).join(" – "),
    summary.name === subject ? "" : times(summary.subjectRatio),
    aim(aims?.[summary.name], summary),
  ]);
  const head = ["", `${unit}, median`, "quartiles", `${subject} ÷ it`, "aim"];
  return [`\`${id}\``, table(head, rows), note].join("\n\n").trimEnd();
}

function aim(atMost: number | undefined, { subjectRatio }: Summary): string {
  if (atMost === undefined) return "";
  return `≤ ${times(atMost)}${subjectRatio <= atMost ? "" : " (missed)"}`;
}

/** The columns with text instead of figures. */
const lists = new Set(["peer ÷ this package", "behind in"]);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    line(head),
    line(head.map((name, column) => (column === 0 || lists.has(name) ? "---" : "--:"))),
    ...rows.map(line),
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
