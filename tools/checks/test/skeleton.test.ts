import { describe, expect, it } from "vitest";
import { assertNone } from "../src/problem.ts";
import { type PackageName, manifestOf, packageNames, repositoryFiles } from "../src/repository.ts";
import { missingFileProblems, skeletonProblems } from "../src/skeleton.ts";
import { unfinishedPackages } from "../src/unfinished.ts";

const manifests = () =>
  new Map(packageNames.map((name) => [name, structuredClone(manifestOf(`packages/${name}`))]));

describe("the four packages", () => {
  it("say the same in package.json, but for what they are", () => {
    assertNone(skeletonProblems(manifests()));
  });

  it("have the same files", () => {
    assertNone(missingFileProblems(repositoryFiles(), unfinishedPackages));
  });
});

describe("skeletonProblems()", () => {
  it.each<[string, PackageName, Record<string, unknown>]>([
    ["another key", "sync", { browser: "./a.js" }],
    ["other engines", "streams", { engines: { node: ">=22" } }],
    ["other exports", "subprocess", { exports: "./dist/index.js" }],
    ["other files", "sync", { files: ["dist"] }],
    ["a version of its own", "sync", { devDependencies: { tsup: "9.0.0" } }],
    ["another name", "sync", { name: "@aio/locks" }],
    ["another build", "sync", { scripts: { build: "tsc" } }],
  ])("finds %s", (_, name, change) => {
    const changed = manifests();
    changed.set(name, { ...changed.get(name), ...change });
    const before = skeletonProblems(manifests()).length;
    const problems = skeletonProblems(changed);
    expect(problems).toHaveLength(before + 1);
    expect(problems.at(-1)?.file).toMatch(/^packages\/\w+\/package\.json$/);
  });
});

describe("missingFileProblems()", () => {
  const whole = packageNames.flatMap((name) =>
    "package.json tsconfig.json turbo.json src/index.ts README.md test/a.test.ts examples/a.ts"
      .split(" ")
      .map((path) => `packages/${name}/${path}`),
  );

  it("finds a package without examples, unless it is unfinished", () => {
    expect(missingFileProblems(whole, [])).toEqual([]);
    const files = whole.filter((file) => file !== "packages/sync/examples/a.ts");
    expect(missingFileProblems(files, [])).toMatchObject([{ file: "packages/sync/examples/" }]);
    expect(missingFileProblems(files, ["sync"])).toEqual([]);
  });
});
