import { describe, expect, test } from "vitest";
import { type Packed, contentProblems, manifestProblems, rangeProblems } from "../src/packed.ts";
import { manifestOf, textOf } from "../src/repository.ts";

describe("the checks of a package", () => {
  const version = String(manifestOf("packages/errors")["version"]);
  const manifest = { dependencies: { "@aio/errors": `^${version}` } };
  const packed = (files: string[], more: Record<string, string> = {}): Packed => {
    const texts: Record<string, string> = {
      LICENSE: textOf("LICENSE"),
      "package.json": JSON.stringify(manifest),
      ...more,
    };
    const build = ["js", "cjs", "d.ts", "d.cts", "js.map", "cjs.map"].map(
      (end) => `dist/index.${end}`,
    );
    const modules = ["dist/modules/index.js", "dist/modules/index.js.map", "dist/modules/a/b.js"];
    const all = [
      ...build,
      ...modules,
      "LICENSE",
      "README.md",
      "package.json",
      "src/a.ts",
      ...files,
    ];
    return {
      name: "sync",
      tarball: new Uint8Array(),
      files: all,
      textOf: (path) => texts[path] ?? "",
    };
  };

  test("find nothing in a good one", () => {
    expect(contentProblems(packed(["CHANGELOG.md"]))).toEqual([]);
    expect(rangeProblems(packed([]))).toEqual([]);
  });

  test.each(["test/a.test.ts", "dist/index.mjs", "tsconfig.json", "src/a/b/c.ts", ".env"])(
    "find %s, which users do not need",
    (file) => {
      expect(contentProblems(packed([file]))).toMatchObject([{ what: `packs ${file}` }]);
    },
  );

  test("find repository-only fields in the manifest", () => {
    const told = { author: "a", bugs: "b", description: "c", homepage: "d", keywords: [] };
    const needless = { scripts: {}, exports: { ".": { "@aio/source": "./src/index.ts" } } };
    const text = JSON.stringify({ ...told, license: "MIT", ...needless });
    const problems = manifestProblems(packed([], { "package.json": text }));
    expect(problems.map(({ what }) => what)).toEqual([
      "is published with scripts",
      "is published with @aio/source",
      "has no repository",
    ]);
  });

  test("find a missing file", () => {
    const { files, ...rest } = packed([]);
    const without = { ...rest, files: files.filter((file) => file !== "README.md") };
    expect(contentProblems(without)).toMatchObject([{ what: "packs no README.md" }]);
    const problems = contentProblems(packed([]), true);
    expect(problems).toMatchObject([{ what: "packs no CHANGELOG.md" }]);
  });

  test("find a different license", () => {
    expect(contentProblems(packed([], { LICENSE: "All rights reserved" }))).toHaveLength(1);
  });

  test.each(["workspace:^", version, "*"])("find the range %s", (range) => {
    const text = JSON.stringify({ dependencies: { "@aio/errors": range } });
    expect(rangeProblems(packed([], { "package.json": text }))).toHaveLength(1);
  });
});
