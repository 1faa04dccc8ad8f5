import type { Problem } from "./problem.ts";
import { type Texts, git, textOf } from "./repository.ts";

/** How the first line of a file says that it stands in two packages. */
const mark = "// Kept byte for byte in";
const homes = ["packages/streams/", "packages/subprocess/"] as const;
const homeNames = ["@aio/streams", "@aio/subprocess"] as const;

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

/** A changeset that waits for its release. */
export interface Changeset {
  readonly file: string;
  readonly packages: readonly string[];
  /** The files that changed with it: in the commit that brought it, or not committed as it is. */
  readonly companions: readonly string[];
}

/** Changesets that came with a change of a mirrored file and name one of its packages only. */
export function changesetProblems(changesets: readonly Changeset[], texts: Texts): Problem[] {
  const twins = marked(texts);
  return changesets.flatMap(({ file, packages, companions }) => {
    const changed = companions.find((companion) => twins.has(companion));
    const missing = homeNames.filter((name) => !packages.includes(name));
    if (changed === undefined || missing.length === 0) return [];
    const what = `does not name ${missing.join(" and ")}, where ${changed} changes too`;
    return [{ file, line: 1, what, cure: `add "${missing.join('" and "')}" to its front matter` }];
  });
}

/** The pending changesets of the repository. In a clone without history none is known. */
export function pendingChangesets(files: readonly string[]): Changeset[] {
  if (git("rev-parse", "--is-shallow-repository").trim() === "true") return [];
  const uncommitted = git("status", "--porcelain", "-z", "--untracked-files=all")
    .split("\0")
    .map((entry) => entry.slice(3));
  return files
    .filter((file) => /^\.changeset\/.*\.md$/.test(file) && !file.endsWith("README.md"))
    .map((file) => {
      const packages = packagesOf(textOf(file));
      if (uncommitted.includes(file)) return { file, packages, companions: uncommitted };
      const log = git("log", "-1", "--diff-filter=A", "--format=%H", "--", file).trim();
      const companions = git("show", "--format=", "--name-only", log).split("\n");
      return { file, packages, companions };
    });
}

/** The packages that a changeset names between its two lines of dashes. */
export function packagesOf(changeset: string): string[] {
  const [, front = ""] = /^---\n([\s\S]*?)^---/m.exec(changeset) ?? [];
  return [...front.matchAll(/^["']?(@[\w-]+\/[\w-]+)["']?:/gm)].map(([, name = ""]) => name);
}
