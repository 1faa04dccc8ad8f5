import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.ts";
import { type Result, type Summary, figure, peersIn, standings, times } from "./statistics.ts";

const folder = new URL("../", import.meta.url);
const file = new URL("results.md", folder);

const opening = `# Benchmark results

\`pnpm bench sync\`, \`pnpm bench streams\` and \`pnpm bench subprocess\` each write one section. The [README](./README.md) says what is measured, and how. Less is better everywhere.`;

/** Put the results of a suite in place of the section that results.md has, and draw its charts. */
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
    "Ahead of the peer, level with it (within 3 %), or behind it:",
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
  return table(["", "here", "times the floor", "the others take, times ours"], rows);
}

function standingsTable(results: readonly Result[]): string {
  const rows = standings(results).map(({ peer, ahead, level, behind }) => {
    return [peer, `${ahead}`, `${level}`, `${behind.length}`, behind.join("; ")];
  });
  return table(["", "ahead of it", "level", "behind it", "where"], rows);
}

function details({ id, unit, subject, aims, note, summaries }: Result): string {
  const rows = summaries.map((summary) => [
    summary.name === subject ? `**${summary.name}**` : summary.name,
    figure(summary.median, unit),
    summary.quartiles.map((quartile) => figure(quartile, unit)).join(" – "),
    summary.name === subject ? "" : times(summary.subjectRatio),
    aim(aims?.[summary.name], summary),
  ]);
  const head = ["", `${unit}, median`, "middle half of the rounds", `${subject} ÷ it`, "aim"];
  return [`\`${id}\``, table(head, rows), note].join("\n\n").trimEnd();
}

function aim(atMost: number | undefined, { subjectRatio }: Summary): string {
  if (atMost === undefined) return "";
  return `≤ ${times(atMost)}${subjectRatio <= atMost ? "" : " (missed)"}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? "---" : "--:"))),
    ...rows.map(line),
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
