import { posix } from "node:path";
import ts from "typescript";
import type { Problem } from "./problem.ts";
import { type Texts, packageNames } from "./repository.ts";

// A package is a graph of boxes: the files at the top of `src`, which users call by name, and the folders
// beside them, one idea each. An arrow is an import from one box to another. The graph has no cycle, so it
// can be read from the top down. oxlint checks for cycles between files (import/no-cycle).

const mostBoxes = 16;
const mostFloors = 10;
const mostFilesInFolder = 8;
const namelessFolders = new Set(["lib", "utils", "common", "helpers", "internal", "types"]);

/** For each box, the boxes that it imports, with one such import. */
export type Drawing = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The boxes of a source folder and the arrows between them, including type imports. */
export function drawing(folder: string, texts: Texts): Drawing {
  const boxes = new Map<string, Map<string, string>>();
  for (const [file, text] of texts) {
    // index.ts is not a box: it imports everything in order to export it.
    if (!file.startsWith(folder) || file === `${folder}index.ts`) continue;
    const from = boxOf(folder, file);
    const arrows = boxes.get(from) ?? new Map<string, string>();
    boxes.set(from, arrows);
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      if (!fileName.startsWith(".")) continue;
      const target = posix.join(posix.dirname(file), fileName);
      const to = boxOf(folder, target);
      const evidence = `${file.slice(folder.length)} imports ${target.slice(folder.length)}`;
      if (to !== from && !arrows.has(to)) arrows.set(to, evidence);
    }
  }
  return boxes;
}

function boxOf(folder: string, file: string): string {
  const [box = ""] = file.slice(folder.length).split("/");
  return box.replace(/\.ts$/, "");
}

/** Packages with too many boxes, too many floors, or a cycle. */
export function roomProblems(texts: Texts): Problem[] {
  return packageNames.flatMap((name) => {
    const folder = `packages/${name}/src/`;
    const boxes = drawing(folder, texts);
    const problems: Problem[] = [];
    const add = (what: string, cure: string) => problems.push({ file: folder, what, cure });
    const cure = "give each folder of src one idea, as on the package's map in CONTRIBUTING";
    if (boxes.size > mostBoxes) add(`has ${boxes.size} boxes; the maximum is ${mostBoxes}`, cure);
    for (const [box, count] of filesIn(folder, texts)) {
      if (namelessFolders.has(box)) add(`has a folder called ${box}`, "name the concept");
      if (count <= mostFilesInFolder) continue;
      add(`has ${count} files in ${box}; the maximum is ${mostFilesInFolder}`, cure);
    }
    const circle = circleIn(boxes);
    if (circle !== undefined) {
      const arrows = circle.slice(1).map((to, index) => boxes.get(circle[index] ?? "")?.get(to));
      const what = `has a cycle: ${circle.join(" → ")} (${arrows.join("; ")})`;
      add(what, "move what both need into a box below both");
    } else {
      const floors = floorsOf(boxes);
      if (floors.length > mostFloors) {
        const what = `has ${floors.length} floors; the maximum is ${mostFloors}`;
        add(`${what}: ${floors.join(" → ")}`, cure);
      }
    }
    return problems;
  });
}

function filesIn(folder: string, texts: Texts): Map<string, number> {
  const counts = new Map<string, number>();
  for (const file of texts.keys()) {
    const parts = file.startsWith(folder) ? file.slice(folder.length).split("/") : [];
    const [box = ""] = parts;
    if (parts.length > 1) counts.set(box, (counts.get(box) ?? 0) + 1);
  }
  return counts;
}

/** A cycle in the graph, if there is one. */
function circleIn(boxes: Drawing): string[] | undefined {
  const done = new Set<string>();
  const walk = (box: string, path: readonly string[]): string[] | undefined => {
    const start = path.indexOf(box);
    if (start !== -1) return [...path.slice(start), box];
    if (done.has(box)) return undefined;
    for (const next of boxes.get(box)?.keys() ?? []) {
      const circle = walk(next, [...path, box]);
      if (circle !== undefined) return circle;
    }
    done.add(box);
    return undefined;
  };
  for (const box of boxes.keys()) {
    const circle = walk(box, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The longest path through the graph. */
function floorsOf(boxes: Drawing): string[] {
  const longest = new Map<string, string[]>();
  const below = (box: string): string[] => {
    const known = longest.get(box);
    if (known !== undefined) return known;
    const ways = [...(boxes.get(box)?.keys() ?? [])].map(below);
    const way = [box, ...(ways.toSorted((a, b) => b.length - a.length)[0] ?? [])];
    longest.set(box, way);
    return way;
  };
  return [...boxes.keys()].map(below).toSorted((a, b) => b.length - a.length)[0] ?? [];
}
