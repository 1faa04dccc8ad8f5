import type { Result, Results } from "./result.ts";

// One row a scenario, one dot a contender, at what it takes when the package takes 1: on a
// logarithmic axis, as the slowest take fifty times what the fastest do.
const labelWidth = 450;
const plotWidth = 410;
const rowHeight = 34;
const top = 92;
const ticks = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
const colours = [
  "#d55e00",
  "#0072b2",
  "#009e73",
  "#cc79a7",
  "#b8860b",
  "#56b4e9",
  "#8c564b",
  "#7f7f7f",
  "#9467bd",
  "#e41a1c",
  "#17becf",
  "#6b8e23",
];

const x = (ratio: number): number => {
  const [least = 1, most = 1] = [ticks[0], ticks.at(-1)];
  const inside = Math.min(Math.max(ratio, least), most);
  return labelWidth + (Math.log(inside / least) / Math.log(most / least)) * plotWidth;
};

/** A suite's results as a picture for a README, light or dark. */
export function chart(suite: string, results: Results): string {
  const scenarios = Object.entries(results.scenarios)
    .filter(([id, result]) => id.startsWith(`${suite}-`) && others(result).length > 0)
    .map(([, result]) => result);
  const names = [...new Set(scenarios.flatMap((result) => others(result).map(({ name }) => name)))];
  const colour = (name: string): string =>
    name === "floor" ? "currentColor" : (colours[names.indexOf(name) % colours.length] ?? "gray");
  const height = top + scenarios.length * rowHeight + 40;
  const bottom = top + scenarios.length * rowHeight;

  const legend = names.map((name, index) => {
    const left = 16 + (index % 5) * 172;
    const line = 42 + Math.floor(index / 5) * 20;
    return `${dot(left, line - 4, name, colour(name))}<text x="${left + 10}" y="${line}">${escape(name)}</text>`;
  });
  const grid = ticks.map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${top - 8}" y2="${bottom}" class="${tick === 1 ? "ours" : "grid"}"/>` +
      `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}×</text>`,
  );
  const rows = scenarios.map((result, row) => {
    const y = top + row * rowHeight + rowHeight / 2;
    const dots = others(result).map(({ name, ratio }) => dot(x(ratio), y, name, colour(name)));
    return `<text x="${labelWidth - 16}" y="${y + 4}" text-anchor="end">${escape(result.title)}</text>${dots.join("")}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">
<style>svg { color: #1f2328; background: #ffffff } text { fill: currentColor } .grid { stroke: currentColor; opacity: 0.15 } .ours { stroke: currentColor; stroke-width: 2 } @media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117 } }</style>
<text x="16" y="20" font-size="14" font-weight="600">What the others take where @aio/${suite} takes 1 (less is better; further right is slower)</text>
${[...legend, ...grid, ...rows].join("\n")}
</svg>
`;
}

function others(result: Result): { name: string; ratio: number }[] {
  return result.summaries
    .filter(({ name }) => !name.startsWith("@aio/") && !/ at [\d,]+$/.test(name))
    .map(({ name, subjectRatio }) => ({ name, ratio: 1 / subjectRatio }));
}

function dot(left: number, y: number, name: string, colour: string): string {
  const shape = `<circle cx="${left.toFixed(1)}" cy="${y}" r="5"`;
  const title = `<title>${escape(name)}</title></circle>`;
  return name === "floor"
    ? `${shape} fill="none" stroke="${colour}" stroke-width="2">${title}`
    : `${shape} fill="${colour}" fill-opacity="0.85">${title}`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
