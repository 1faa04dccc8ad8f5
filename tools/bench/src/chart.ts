import { type Result, peersIn, times } from "./statistics.ts";

// One row for each scenario, one mark for each contender, at its figure relative to the package's. The
// axis is logarithmic, since the slowest take five hundred times as long as the fastest.
const width = 900;
const labelWidth = 430;
const plotWidth = 420;
const rowHeight = 42;
const legendTop = 48;
const legendColumn = 172;
const allTicks = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * The color of each peer: no other peer has it, in any chart. All have a contrast of 3:1 with white and
 * with GitHub's dark background. Runtimes and what they ship are circles, npm packages are squares.
 */
const circles: Readonly<Record<string, string>> = {
  "CPython asyncio": "#d85a04",
  uvloop: "#a48203",
  "node:net": "#0581e6",
  "node:child_process": "#0581e6",
  execFile: "#646cf4",
  "node:readline": "#02919c",
  "node:readline, for await": "#227702",
  Bun: "#e04fb5",
  Deno: "#07995a",
};
const squares: Readonly<Record<string, string>> = {
  "async-mutex": "#dc3860",
  "async-sema": "#519c03",
  "es-toolkit": "#b257d7",
  "p-limit": "#0994ba",
  superlock: "#815b04",
  "@henrygd/semaphore": "#0559d2",
  effect: "#059583",
  "asyncio's, ported": "#fb5a46",
  "promise-socket": "#ba022f",
  "it-byte-stream": "#922ba8",
  split2: "#888505",
  execa: "#d62839",
  "nano-spawn": "#955be3",
  tinyexec: "#8c564b",
  zx: "#6b8e23",
};
const peers = ["floor", ...Object.keys(circles), ...Object.keys(squares)];

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
  const subject = kind === "time" ? "Time" : "Size and memory";
  const title = `${subject} relative to @aio/${suite}`;
  const heading = `${title} = 1× (left is ${kind === "time" ? "faster" : "smaller"})`;
  const name = kind === "time" ? `results-${suite}.svg` : `results-${suite}-sizes.svg`;
  return { name, title, svg: shown.length === 0 ? undefined : draw(heading, shown) };
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

/** The peer of a contender: `Bun` of "Bun's node:net", and of "Bun, Buffers". */
function peerOf(name: string): string {
  return name
    .replace(/^built on /, "")
    .replace(/'s node:net$/, "")
    .replace(/, (?:Buffers|bytes|V8 objects)$/, "");
}

function draw(heading: string, results: readonly Result[]): string {
  const all = results.flatMap(dotsOf);
  const present = new Set(all.map(({ name }) => peerOf(name)));
  const unknown = [...present].filter((peer) => !peers.includes(peer));
  if (unknown.length > 0) throw new Error(`chart.ts has no color for ${unknown.join(", ")}`);
  const ticks = ticksAround(all);
  const x = (ratio: number): number => place(ratio, ticks);
  const shown = peers.filter((peer) => present.has(peer));
  const top = legendTop + Math.ceil(shown.length / 5) * 20 + 12;
  const bottom = top + results.length * rowHeight;
  const legend = shown.map((peer, index) => {
    const left = 22 + (index % 5) * legendColumn;
    const baseline = legendTop + Math.floor(index / 5) * 20;
    return `${mark(left, baseline - 4, peer)}<text x="${left + 12}" y="${baseline}">${escape(peer)}</text>`;
  });
  const grid = ticks.map((tick) => {
    const at = x(tick).toFixed(1);
    const look = tick === 1 ? "ours" : "grid";
    return (
      `<line x1="${at}" x2="${at}" y1="${top - 4}" y2="${bottom}" class="${look}"/>` +
      `<text x="${at}" y="${bottom + 18}" text-anchor="middle">${tick}×</text>`
    );
  });
  const rows = results.map((result, row) => {
    const y = top + row * rowHeight + rowHeight / 2;
    const dots = dotsOf(result);
    // Of marks that overlap, the labeled ones are on top.
    const marks = dots
      .toSorted((a, b) => Number(isLabeled(a, dots)) - Number(isLabeled(b, dots)))
      .map(({ name, ratio }) => mark(x(ratio), y, name));
    return `<text x="${labelWidth - 16}" y="${y + 4}" text-anchor="end">${escape(result.title)}</text>${marks.join("")}${labels(dots, x, y)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 34}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>${escape(heading)}</title>
<style>svg { color: #1f2328; background: #ffffff } text { fill: currentColor } .label { font-size: 11px; paint-order: stroke; stroke: #ffffff; stroke-width: 6px; stroke-linejoin: round } .mark { stroke: #ffffff } .floor { fill: none; stroke: currentColor; stroke-width: 2px } .grid { stroke: currentColor; opacity: 0.15 } .ours { stroke: currentColor; stroke-width: 2px } @media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117 } .label, .mark { stroke: #0d1117 } }</style>
<text x="16" y="22" font-size="14" font-weight="600">${escape(heading)}</text>
${[...legend, ...grid, ...rows].join("\n")}
</svg>
`;
}

function bestOf(dots: readonly Dot[]): Dot | undefined {
  return dots.filter(({ name }) => name !== "floor").toSorted((a, b) => a.ratio - b.ratio)[0];
}

function asyncioOf(dots: readonly Dot[]): Dot | undefined {
  return dots.find(({ name }) => peerOf(name) === "CPython asyncio");
}

function isLabeled(dot: Dot, dots: readonly Dot[]): boolean {
  return dot === bestOf(dots) || dot === asyncioOf(dots);
}

/** Labels the best peer above its mark, and asyncio below its mark. */
function labels(dots: readonly Dot[], x: (ratio: number) => number, y: number): string {
  const best = bestOf(dots);
  const asyncio = asyncioOf(dots);
  return label(best, x, y - 11) + (asyncio === best ? "" : label(asyncio, x, y + 18));
}

function label(dot: Dot | undefined, x: (ratio: number) => number, baseline: number): string {
  if (dot === undefined) return "";
  const text = `${dot.name.replace("CPython ", "")} ${times(dot.ratio)}×`;
  // The font is the reader's, so its width is an estimate.
  const half = text.length * 3.4;
  // On its side of the line at 1×, if there is room, and clear of the row's title and the edge.
  const ours = x(1);
  const aside =
    dot.ratio < 1
      ? Math.min(x(dot.ratio), ours - 4 - half)
      : Math.max(x(dot.ratio), ours + 4 + half);
  const at = Math.min(Math.max(aside, labelWidth - 12 + half), width - 4 - half);
  return `<text x="${at.toFixed(1)}" y="${baseline}" text-anchor="middle" class="label">${escape(text)}</text>`;
}

/** The ticks of the part of the axis that has marks. */
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

function mark(left: number, y: number, name: string): string {
  const peer = peerOf(name);
  const title = `<title>${escape(name)}</title>`;
  if (peer === "floor")
    return `<circle cx="${left.toFixed(1)}" cy="${y}" r="5" class="floor">${title}</circle>`;
  const square = squares[peer];
  return square === undefined
    ? `<circle cx="${left.toFixed(1)}" cy="${y}" r="5.5" class="mark" fill="${circles[peer]}">${title}</circle>`
    : `<rect x="${(left - 5).toFixed(1)}" y="${y - 5}" width="10" height="10" rx="1" class="mark" fill="${square}">${title}</rect>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
