import type { Problem } from "./problem.ts";
import type { Texts } from "./repository.ts";

/** How the first line of a file says that it stands in two packages. */
const mark = "// Kept byte for byte in";
const homes = ["packages/streams/", "packages/subprocess/"] as const;

/** The marked files, each with the place of its twin. */
function marked(texts: Texts): Map<string, string> {
  const twins = new Map<string, string>();
  for (const [file, text] of texts) {
    if (!text.startsWith(mark)) continue;
    const [here, there] = file.startsWith(homes[0]) ? homes : homes.toReversed();
    if (here !== undefined && there !== undefined) twins.set(file, file.replace(here, there));
  }
  return twins;
}

/** Files that say that they stand in both packages, and differ. */
export function mirrorProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  const twins = marked(texts);
  for (const [file, twin] of twins) {
    const text = texts.get(file);
    const other = texts.get(twin);
    if (other === undefined) {
      const what = `has no twin ${twin}`;
      problems.push({ file, line: 1, what, cure: `cp ${file} ${twin}` });
      continue;
    }
    // A pair that differs is told once, by its first member.
    if (text === other || (twins.has(twin) && file > twin)) continue;
    const lines = text?.split("\n") ?? [];
    const line = other.split("\n").findIndex((there, index) => there !== lines[index]) + 1;
    const cure = `cp ${file} ${twin}  (or, if the twin is right: cp ${twin} ${file})`;
    problems.push({ file, line: Math.max(line, 1), what: `differs from ${twin}`, cure });
  }
  return problems;
}
