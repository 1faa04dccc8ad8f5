import { type Result, type Results, suitesOf } from "./result.ts";
import type { Summary } from "./statistics.ts";

/** What results.md says: a chart and a table a suite, then all figures. */
export function markdown(results: Results): string {
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  const suites = suitesOf(results).map((suite) => {
    const scenarios = Object.entries(results.scenarios)
      .filter(([id]) => id.startsWith(`${suite}-`))
      .toSorted(([a], [b]) => a.localeCompare(b));
    return [
      `## @aio/${suite}`,
      `![What the others take, compared with @aio/${suite}](./results-${suite}.svg)`,
      overview(scenarios.map(([, result]) => result)),
      ...scenarios.map(([id, result]) => `### ${result.title}\n\n${details(id, result)}`),
    ].join("\n\n");
  });
  return `${[
    "# Benchmark results",
    "Written by `pnpm --filter @aio/bench run bench`; what is measured, and how, is in the [README](./README.md). Less is better everywhere.",
    `Versions: ${versions.join(", ")}.`,
    ...suites,
  ].join("\n\n")}\n`;
}

function overview(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const ours = result.summaries.find((summary) => summary.name === result.subject);
    const floor = result.summaries.find((summary) => summary.name === "floor");
    const others = result.summaries
      .filter((summary) => !summary.name.startsWith("floor") && !summary.name.startsWith("@aio/"))
      .toSorted((a, b) => a.median - b.median);
    return [
      result.title,
      figure(ours?.median, result.unit),
      floor === undefined ? "" : times(floor.subjectRatio),
      others.map((summary) => `${summary.name}: ${times(1 / summary.subjectRatio)}`).join(", "),
    ];
  });
  return table(["", "here", "times the floor", "the others take, times ours"], rows);
}

function details(id: string, result: Result): string {
  const rows = result.summaries.map((summary) => [
    summary.name === result.subject ? `**${summary.name}**` : summary.name,
    figure(summary.median, result.unit),
    summary.quartiles.map((quartile) => figure(quartile, result.unit)).join(" – "),
    summary.name === result.subject ? "" : times(summary.subjectRatio),
    aim(result, summary),
  ]);
  const head = [
    "",
    `${result.unit}, median`,
    "middle half of the rounds",
    `${result.subject} ÷ it`,
  ];
  return [`\`${id}\``, table([...head, "aim"], rows), result.note ?? ""].join("\n\n").trimEnd();
}

function aim(result: Result, summary: Summary): string {
  const atMost = result.aims?.[summary.name];
  if (atMost === undefined) return "";
  return `≤ ${times(atMost)}${summary.subjectRatio <= atMost ? "" : " (missed)"}`;
}

function figure(value: number | undefined, unit: string): string {
  if (value === undefined) return "–";
  const [measure = ""] = unit.split(" ");
  if (measure === "ms") return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  if (measure !== "ns") return `${value.toFixed(0)} ${measure === "bytes" ? "B" : measure}`;
  return value < 10_000 ? `${value.toFixed(0)} ns` : `${(value / 1000).toFixed(0)} µs`;
}

/** A ratio, to what is known of it. */
export function times(ratio: number): string {
  if (ratio >= 10) return ratio.toFixed(0);
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
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
