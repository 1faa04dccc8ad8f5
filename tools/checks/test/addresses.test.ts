import { describe, expect, test } from "vitest";
import { addressOf, linkProblems, manifestProblems } from "../src/addresses.ts";
import { assertNone } from "../src/problem.ts";
import { manifestOf, packageNames, repositoryFiles, textsOf } from "../src/repository.ts";

const address = addressOf(manifestOf("."));

describe("the repository's address", () => {
  test("is in the root's package.json", () => {
    expect(address).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
  });

  test("is the same in each package", () => {
    const folders = packageNames.map((name) => `packages/${name}`);
    const manifests = folders.map((folder) => [folder, manifestOf(folder)] as const);
    assertNone(manifestProblems(manifestOf("."), new Map(manifests)));
  });
});

describe("the links in Markdown files", () => {
  test("resolve, even on a package's npm page", () => {
    const pages = [...textsOf(/\.md$/)].filter(([file]) => !file.startsWith(".changeset/"));
    assertNone(linkProblems(new Map(pages), repositoryFiles(), address));
  });
});

describe("manifestProblems()", () => {
  const repository = { type: "git", url: "git+https://github.com/a/b.git" };
  const good = {
    homepage: "https://github.com/a/b/tree/main/packages/c#readme",
    bugs: "https://github.com/a/b/issues",
    repository: { ...repository, directory: "packages/c" },
  };
  const problemsOf = (manifest: object) =>
    manifestProblems({ repository }, new Map([["packages/c", manifest]]));

  test("allows a package with the right addresses", () => {
    expect(problemsOf(good)).toEqual([]);
  });

  test.each([
    { homepage: "https://github.com/a/b" },
    { bugs: "https://github.com/old/b/issues" },
    { repository },
  ])("finds %j", (wrong) => {
    expect(problemsOf({ ...good, ...wrong })).toHaveLength(1);
  });
});

describe("linkProblems()", () => {
  const files = ["README.md", "packages/sync/README.md", "packages/sync/src/lock.ts", "docs/a.svg"];
  const home = "https://github.com/a/b";
  const problemsOf = (file: string, text: string) =>
    linkProblems(new Map([[file, text]]), files, home);

  test.each([
    ["README.md", "[sync](packages/sync#readme)"],
    ["README.md", "[anchor](#here) [web](https://example.org/main/docs)"],
    ["packages/sync/README.md", "[lock](src/lock.ts)"],
    ["packages/sync/README.md", `![chart](https://raw.githubusercontent.com/a/b/main/docs/a.svg)`],
    ["packages/sync/README.md", "```ts\n[a](b)\n```"],
    ["packages/sync/README.md", "[other](https://github.com/python/cpython/blob/main/Lib/a.py)"],
  ])("allows in %s: %s", (file, text) => {
    expect(problemsOf(file, text)).toEqual([]);
  });

  test.each([
    ["README.md", "[gone](packages/gone)"],
    ["README.md", "[gone]: gone.md"],
    ["packages/sync/README.md", "[up](../errors/README.md)"],
    ["packages/sync/README.md", '<img src="../../docs/a.svg">'],
    ["packages/sync/README.md", `[gone](${home}/blob/main/docs/b.svg)`],
    ["packages/sync/README.md", "[old](https://github.com/old/b/blob/main/docs/a.svg)"],
  ])("finds in %s: %s", (file, text) => {
    expect(problemsOf(file, `\n\n${text}`)).toMatchObject([{ file, line: 3 }]);
  });
});
