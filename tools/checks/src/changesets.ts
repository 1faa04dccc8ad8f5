import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "./problem.ts";
import { type PackageName, git, packageNames } from "./repository.ts";

export type Bump = "patch" | "minor" | "major";

const bumps: readonly Bump[] = ["patch", "minor", "major"];

/** The largest bump that the pending changesets ask for, by package. */
export type Pending = ReadonlyMap<PackageName, Bump>;

/** What changed in a package since the commit that gave it its version. */
export interface Change {
  readonly name: PackageName;
  readonly sources: readonly string[];
  /** Whether the published manifest changed. */
  readonly manifest: boolean;
  /** Whether the report of the public declarations changed. */
  readonly api: boolean;
}

/** The bumps in the front matter of a changeset. */
export function bumpsOf(changeset: string): Map<PackageName, Bump> {
  const [, front = ""] = /^---\n([\s\S]*?)^---/m.exec(changeset) ?? [];
  const named = front.matchAll(/^["']?@aio\/(\w+)["']?:\s*(\w+)$/gm);
  return new Map([...named].map(([, name, bump]) => [name as PackageName, bump as Bump]));
}

/** The union of all pending changesets. */
export function pendingIn(home: string): Pending {
  const union = new Map<PackageName, Bump>();
  for (const file of readdirSync(join(home, ".changeset"))) {
    if (!file.endsWith(".md") || file === "README.md") continue;
    for (const [name, bump] of bumpsOf(readFileSync(join(home, ".changeset", file), "utf8"))) {
      const known = union.get(name);
      if (known === undefined || bumps.indexOf(bump) > bumps.indexOf(known)) union.set(name, bump);
    }
  }
  return union;
}

/** The newest commit that set the version of one of these packages; `undefined` if that is not committed. */
export function versionCommit(home: string, names: readonly PackageName[]): string | undefined {
  const manifests = names.map((name) => `packages/${name}/package.json`);
  const version = String.raw`^ *"version":`;
  const isNew = git("-C", home, "diff", "HEAD", "--name-only", "-G", version, "--", ...manifests);
  if (isNew !== "") return undefined;
  return git("-C", home, "log", "-1", "--format=%H", "-G", version, "--", ...manifests).trim();
}

/** What changed in each package since its version was set, committed or not. */
export function changesIn(home: string): Change[] {
  return packageNames.map((name) => {
    const base = versionCommit(home, [name]);
    // `changeset version` has just set the version, and consumed its changesets.
    if (base === undefined || base === "") {
      return { name, sources: [], manifest: false, api: false };
    }
    const folder = `packages/${name}`;
    const lines = (...args: string[]) => linesOf(git("-C", home, ...args));
    const texts = (file: string) => [
      textAt(home, base, `${folder}/${file}`),
      textNow(home, `${folder}/${file}`),
    ];
    const [oldManifest, manifest] = texts("package.json").map(published);
    const [oldApi, api] = texts("api.d.ts");
    return {
      name,
      sources: [
        ...lines("diff", "--name-only", base, "--", `${folder}/src`),
        ...lines("ls-files", "--others", "--exclude-standard", "--", `${folder}/src`),
      ],
      manifest: oldManifest !== manifest,
      api: oldApi !== api,
    };
  });
}

function linesOf(output: string): string[] {
  return output.split("\n").filter(Boolean);
}

/** The text of a file in a commit; empty if it is not in it. */
function textAt(home: string, commit: string, path: string): string {
  const isThere = git("-C", home, "ls-tree", commit, "--", path) !== "";
  return isThere ? git("-C", home, "show", `${commit}:${path}`) : "";
}

/** The text of a file in the work tree; empty if it is not there. */
function textNow(home: string, path: string): string {
  const file = join(home, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** A manifest without the fields that are not published. */
function published(text: string): string {
  const own = new Set(["devDependencies", "scripts"]);
  return (
    text &&
    JSON.stringify(JSON.parse(text), (key, value: unknown) => (own.has(key) ? undefined : value))
  );
}

/** Changes without a changeset, or with too small a bump. */
export function changesetProblems(changes: readonly Change[], pending: Pending): Problem[] {
  const problems: Problem[] = [];
  for (const { name, sources, manifest, api } of changes) {
    const bump = pending.get(name);
    const [first] = [...sources, ...(manifest ? [`packages/${name}/package.json`] : [])];
    if (first !== undefined && bump === undefined) {
      const count = sources.length + Number(manifest);
      const what = `changed since the version of @aio/${name} was set (files: ${count}), but no changeset names it`;
      problems.push({ file: first, what, cure: "run pnpm changeset, and tell users what changed" });
    }
    if (api && bump !== "minor" && bump !== "major") {
      const what = `the public declarations changed, but the changesets ask for ${bump ?? "nothing"}`;
      const cure = "ask for a minor, or for a major if a program could fail to compile";
      problems.push({ file: `packages/${name}/api.d.ts`, what, cure });
    }
  }
  if (pending.get("errors") === "major") {
    for (const name of packageNames) {
      if (pending.get(name) === "major") continue;
      const what = `a major of @aio/errors without a major of @aio/${name}, which throws its errors`;
      const cure = `add "@aio/${name}": major to the changeset; otherwise it would be a patch`;
      problems.push({ file: ".changeset", what, cure });
    }
  }
  return problems;
}
