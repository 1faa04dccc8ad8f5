import type { Problem } from "./problem.ts";
import type { PackageName, Texts } from "./repository.ts";

type Manifest = Record<string, unknown>;

/** The fields that may differ between packages. */
const own = new Set(
  "name version description keywords homepage repository dependencies".split(" "),
);

/** Unnecessary differences between the packages' manifests. */
export function skeletonProblems(manifests: ReadonlyMap<PackageName, Manifest>): Problem[] {
  const problems: Problem[] = [];
  const model = manifests.get("errors") ?? {};
  for (const [name, manifest] of manifests) {
    const file = `packages/${name}/package.json`;
    const add = (what: string, cure: string) => problems.push({ file, what, cure });
    const keysOf = (from: Manifest) => Object.keys(from).filter((key) => key !== "dependencies");
    if (keysOf(manifest).join(" ") !== keysOf(model).join(" ")) {
      add(`has the keys ${keysOf(manifest).join(", ")}`, `use ${keysOf(model).join(", ")}`);
    }
    for (const key of keysOf(model)) {
      if (own.has(key) || key === "devDependencies") continue;
      const expected = asFor(name, model[key]);
      if (asFor(name, manifest[key]) === expected) continue;
      add(`has a different ${key} than packages/errors`, `use ${expected}`);
    }
    if (manifest["name"] !== `@aio/${name}`) add("has the wrong name", `use @aio/${name}`);
    const expected = JSON.stringify(name === "errors" ? {} : { "@aio/errors": "workspace:^" });
    const dependencies = JSON.stringify(manifest["dependencies"] ?? {});
    if (dependencies !== expected) add(`depends on ${dependencies}`, `use exactly ${expected}`);
    for (const [dependency, version] of Object.entries(manifest["devDependencies"] ?? {})) {
      if (version === "catalog:" || version === "workspace:*") continue;
      const cure = "list it in the catalog of pnpm-workspace.yaml and write catalog: here";
      add(`has a version of ${dependency}`, cure);
    }
  }
  return problems;
}

/** Settings as text, without the differences that the package's platform requires. */
function asFor(name: PackageName, settings: unknown): string {
  return (
    JSON.stringify(settings ?? null)
      .replaceAll(/--platform (?:neutral|node)/g, "--platform …")
      // Packages for every platform check their sources without Node's types, in a separate run.
      .replace(`"tsc -p . && tsc -p test"`, `"tsc -p ."`)
  );
}

/** Configuration files in a package that should be shared by all packages. */
export function configurationProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (!file.startsWith("packages/")) continue;
    const add = (what: string, cure: string) => problems.push({ file, what, cure });
    if (
      !file.endsWith("/vitest.config.ts") &&
      /\.config\.[cm]?[jt]s$|\/\.[\w-]*(?:rc|ignore)[^/]*$/.test(file)
    ) {
      add("is a separate configuration", "move it to tools or to the root");
    }
    const isTsconfig = file.endsWith("/tsconfig.json");
    if (isTsconfig && !/"extends": "(?:\.\.\/)+tools\/tsconfig\/base\.json"/.test(text)) {
      add("does not extend the shared settings", "extend tools/tsconfig/base.json");
    }
  }
  return problems;
}
