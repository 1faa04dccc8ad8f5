import type { Problem } from "./problem.ts";
import type { PackageName, Texts } from "./repository.ts";

type Manifest = Record<string, unknown>;

/** The fields that may differ between packages. */
const own = new Set(
  "name version description keywords homepage repository dependencies".split(" "),
);

/** Unnecessary differences between the packages' manifests. */
export function skeletonProblems(manifests: ReadonlyMap<PackageName, Manifest>): Problem[] {
  const model = manifests.get("errors") ?? {};
  return [...manifests].flatMap(([name, manifest]) => {
    const complaints = [
      ...differences(name, manifest, model),
      ...identityFaults(name, manifest),
      ...versionFaults(manifest),
    ];
    return complaints.map(([what, cure]) => ({
      file: `packages/${name}/package.json`,
      what,
      cure,
    }));
  });
}

/** What is wrong with a manifest, and what to do. */
type Complaint = readonly [what: string, cure: string];

function differences(name: PackageName, manifest: Manifest, model: Manifest): Complaint[] {
  const keysOf = (from: Manifest) => Object.keys(from).filter((key) => key !== "dependencies");
  const found = keysOf(manifest).join(", ");
  const wanted = keysOf(model).join(", ");
  const shared = keysOf(model).filter((key) => !own.has(key) && key !== "devDependencies");
  const changed = shared.filter((key) => asFor(name, manifest[key]) !== asFor(name, model[key]));
  return [
    ...(found === wanted ? [] : [[`has the keys ${found}`, `use ${wanted}`] as const]),
    ...changed.map((key): Complaint => [
      `has a different ${key} than packages/errors`,
      `use ${asFor(name, model[key])}`,
    ]),
  ];
}

function identityFaults(name: PackageName, manifest: Manifest): Complaint[] {
  const found: Complaint[] = [];
  if (manifest["name"] !== `@aio/${name}`) found.push(["has the wrong name", `use @aio/${name}`]);
  const expected = JSON.stringify(name === "errors" ? {} : { "@aio/errors": "workspace:^" });
  const dependencies = JSON.stringify(manifest["dependencies"] ?? {});
  if (dependencies !== expected)
    found.push([`depends on ${dependencies}`, `use exactly ${expected}`]);
  return found;
}

function versionFaults(manifest: Manifest): Complaint[] {
  const cure = "list it in the catalog of pnpm-workspace.yaml and write catalog: here";
  return Object.entries(manifest["devDependencies"] ?? {})
    .filter(([, version]) => version !== "catalog:" && version !== "workspace:*")
    .map(([dependency]) => [`has a version of ${dependency}`, cure]);
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
    if (
      isTsconfig &&
      !/"extends": "(?:\.\.\/)+tools\/tsconfig\/(?:base|published)\.json"/.test(text)
    ) {
      add("does not extend the shared settings", "extend tools/tsconfig/published.json");
    }
  }
  return problems;
}
