import type { Problem } from "./problem.ts";
import type { PackageName, Texts } from "./repository.ts";

type Manifest = Record<string, unknown>;

/** What a package says of itself, and what it depends on: all else is the same. */
const own = new Set(
  "name version description keywords homepage repository dependencies".split(" "),
);

/** Where the packages' package.json differ in more than they have to. */
export function skeletonProblems(manifests: ReadonlyMap<PackageName, Manifest>): Problem[] {
  const problems: Problem[] = [];
  const model = manifests.get("errors") ?? {};
  for (const [name, manifest] of manifests) {
    const file = `packages/${name}/package.json`;
    const add = (what: string, cure: string) => problems.push({ file, what, cure });
    const keysOf = (from: Manifest) => Object.keys(from).filter((key) => key !== "dependencies");
    if (keysOf(manifest).join(" ") !== keysOf(model).join(" ")) {
      add(`has the keys ${keysOf(manifest).join(", ")}`, `they are ${keysOf(model).join(", ")}`);
    }
    for (const key of keysOf(model)) {
      if (own.has(key) || key === "devDependencies") continue;
      const expected = asFor(name, model[key]);
      if (asFor(name, manifest[key]) === expected) continue;
      add(`has another ${key} than packages/errors`, `it is ${expected}`);
    }
    if (manifest["name"] !== `@aio/${name}`) add("has another name", `it is @aio/${name}`);
    const expected = JSON.stringify(name === "errors" ? {} : { "@aio/errors": "workspace:^" });
    const dependencies = JSON.stringify(manifest["dependencies"] ?? {});
    if (dependencies !== expected) add(`depends on ${dependencies}`, `it is exactly ${expected}`);
    for (const [dependency, version] of Object.entries(manifest["devDependencies"] ?? {})) {
      if (version === "catalog:" || version === "workspace:*") continue;
      const cure = "list it in the catalog of pnpm-workspace.yaml and write catalog: here";
      add(`states the version of ${dependency} itself`, cure);
    }
  }
  return problems;
}

/** Settings as text, without what differs by rule: the project's name and the platform. */
function asFor(name: PackageName, settings: unknown): string {
  return (
    JSON.stringify(settings ?? null)
      .replaceAll(/--platform (?:neutral|node)/g, "--platform …")
      // Packages that run everywhere check their sources without Node's types, so in two goes.
      .replace(`"tsc -p . && tsc -p test"`, `"tsc -p ."`)
  );
}

/** Settings in a package that are stated once for all of them elsewhere. */
export function configurationProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (!file.startsWith("packages/")) continue;
    const add = (what: string, cure: string) => problems.push({ file, what, cure });
    if (
      !file.endsWith("/vitest.config.ts") &&
      /\.config\.[cm]?[jt]s$|\/\.[\w-]*(?:rc|ignore)[^/]*$/.test(file)
    ) {
      add("is a configuration of its own", "state it once, below tools or at the root");
    }
    const isTsconfig = file.endsWith("/tsconfig.json");
    if (isTsconfig && !/"extends": "(?:\.\.\/)+tools\/tsconfig\/base\.json"/.test(text)) {
      add("does not build on the common settings", "extend tools/tsconfig/base.json");
    }
  }
  return problems;
}
