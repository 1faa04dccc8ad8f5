import { type Result, peersIn, times } from "./statistics.ts";

// One row for each scenario, one dot for each contender, at its figure relative to the package's. The
// axis is logarithmic, since the slowest take fifty times as long as the fastest.
const width = 900;
const labelWidth = 430;
const plotWidth = 420;
const rowHeight = 42;
const top = 92;
const allTicks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

/** The color of each contender, the same in every chart. */
const colors: Readonly<Record<string, string>> = {
  floor: "currentColor",
  "CPython asyncio": "#d55e00",
  uvloop: "#b8860b",
  "node:net": "#0072b2",
  "node:child_process": "#0072b2",
  execFile: "#56b4e9",
  "node:readline": "#17becf",
  "node:readline, for await": "#1b9e77",
  "Bun's node:net": "#cc79a7",
  Bun: "#cc79a7",
  "Deno's node:net": "#009e73",
  Deno: "#009e73",
  "async-mutex": "#0072b2",
  "async-sema": "#56b4e9",
  "es-toolkit": "#009e73",
  "p-limit": "#cc79a7",
  superlock: "#9467bd",
  "@henrygd/semaphore": "#8c564b",
  effect: "#17becf",
  "asyncio's, ported": "#e69f00",
  "built on async-sema": "#56b4e9",
  execa: "#e41a1c",
  "nano-spawn": "#9467bd",
  tinyexec: "#8c564b",
  zx: "#6b8e23",
  "promise-socket": "#e41a1c",
  "it-byte-stream": "#9467bd",
  split2: "#8c564b",
};

export interface Chart {
  readonly name: string;
  readonly title: string;
  /** `undefined` if the suite has no such results. */
  readonly svg: string | undefined;
}

/** A suite's times, or its sizes and memory, as an image for a README in light or dark mode. */
export function chart(suite: string, results: readonly Result[], kind: "time" | "size"): Chart {
  const shown = results.filter(
    (result) =>
      (result.unit.startsWith("ns") || result.unit.startsWith("ms") ? "time" : "size") === kind &&
      dotsOf(result).length > 0,
  );
  const subject = kind === "time" ? "Time" : "Size";
  const title = `${subject} relative to @aio/${suite}`;
  const name = kind === "time" ? `results-${suite}.svg` : `results-${suite}-sizes.svg`;
  return { name, title, svg: shown.length === 0 ? undefined : draw(title, shown) };
}

interface Dot {
  readonly name: string;
  readonly ratio: number;
}

function dotsOf(result: Result): Dot[] {
  const floor = result.summaries.filter((summary) => summary.name === "floor");
  return [...floor, ...peersIn(result)]
    .filter(({ name, subjectRatio }) => subjectRatio > 0 && !/ at [\d,]+$/.test(name))
    .map((summary) => ({ name: summary.name, ratio: 1 / summary.subjectRatio }));
}

function draw(title: string, results: readonly Result[]): string {
  const all = results.flatMap(dotsOf);
  const ticks = ticksAround(all);
  const x = (ratio: number): number => place(ratio, ticks);
  const bottom = top + results.length * rowHeight;
  const names = Object.keys(colors).filter((name) => all.some((dot) => dot.name === name));
  const legend = names.map((name, index) => {
    const left = 16 + (index % 5) * 172;
    const baseline = 42 + Math.floor(index / 5) * 20;
    return `${circle(left, baseline - 4, name)}<text x="${left + 10}" y="${baseline}">${escape(name)}</text>`;
  });
  const grid = ticks.map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${top - 8}" y2="${bottom}" class="${tick === 1 ? "ours" : "grid"}"/>` +
      `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}×</text>`,
  );
  const rows = results.map((result, row) => {
    const y = top + row * rowHeight + rowHeight / 2;
    const dots = dotsOf(result).map(({ name, ratio }) => circle(x(ratio), y, name));
    return `<text x="${labelWidth - 16}" y="${y + 4}" text-anchor="end">${escape(result.title)}</text>${dots.join("")}${labels(dotsOf(result), x, y)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 40}" font-family="system-ui, sans-serif" font-size="12" role="img">
<style>svg { color: #1f2328; background: #ffffff } text { fill: currentColor } .small { font-size: 10px } .grid { stroke: currentColor; opacity: 0.15 } .ours { stroke: currentColor; stroke-width: 2 } @media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117 } }</style>
<text x="16" y="20" font-size="14" font-weight="600">${escape(title)} (lower is better; left of 1× beats it)</text>
${[...legend, ...grid, ...rows].join("\n")}
</svg>
`;
}

/** Labels the best peer above its dot, and asyncio below its dot. */
function labels(dots: readonly Dot[], x: (ratio: number) => number, y: number): string {
  const peers = dots.filter(({ name }) => name !== "floor");
  const [best] = peers.toSorted((a, b) => a.ratio - b.ratio);
  const asyncio = peers.find(({ name }) => name === "CPython asyncio");
  const text = (dot: Dot | undefined, baseline: number): string =>
    dot === undefined
      ? ""
      : `<text x="${x(dot.ratio).toFixed(1)}" y="${baseline}" text-anchor="middle" class="small">${escape(dot.name.replace("CPython ", ""))} ${times(dot.ratio)}×</text>`;
  return text(best, y - 9) + (asyncio === best ? "" : text(asyncio, y + 17));
}

/** The ticks of the part of the axis that has dots. */
function ticksAround(dots: readonly Dot[]): number[] {
  const least = Math.min(1, ...dots.map(({ ratio }) => ratio));
  const most = Math.max(1, ...dots.map(({ ratio }) => ratio));
  const first = allTicks.findLastIndex((tick) => tick <= least);
  const last = allTicks.findIndex((tick) => tick >= most);
  return allTicks.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
}

function place(ratio: number, ticks: readonly number[]): number {
  const [least = 1, most = 1] = [ticks[0], ticks.at(-1)];
  const inside = Math.min(Math.max(ratio, least), most);
  return labelWidth + (Math.log(inside / least) / Math.log(most / least || Math.E)) * plotWidth;
}

function circle(left: number, y: number, name: string): string {
  const color = colors[name] ?? "#7f7f7f";
  const paint =
    name === "floor" ? `fill="none" stroke="${color}" stroke-width="2"` : `fill="${color}"`;
  return `<circle cx="${left.toFixed(1)}" cy="${y}" r="5" ${paint}><title>${escape(name)}</title></circle>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
