import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  bumpsOf,
  changesIn,
  changesetProblems,
  pendingIn,
  versionCommit,
} from "../src/changesets.ts";
import { assertNone } from "../src/problem.ts";
import { packageNames, root } from "../src/repository.ts";

describe("the pending changesets", () => {
  test("cover everything that changed since the last release", () => {
    assertNone(changesetProblems(changesIn(root), pendingIn(root)));
  });

  test("are valid for the changesets tool", async () => {
    const since = versionCommit(root, packageNames) ?? "HEAD";
    const program = join(root, "node_modules/@changesets/cli/bin.js");
    const args = [program, "status", "--since", since];
    await promisify(execFile)(process.execPath, args, { cwd: root });
  });
});

// A repository of the same shape, whose packages have been released once.
let home: string;

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), text);
};

const commit = (...files: readonly (readonly [string, string])[]) => {
  for (const [file, text] of files) write(file, text);
  execFileSync("git", ["-C", home, "add", "-A"]);
  const as = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  execFileSync("git", ["-C", home, ...as, "commit", "--quiet", "--message=a"]);
};

const manifest = (version: string, more: object = {}) =>
  JSON.stringify({ name: "a", version, ...more }, null, 2);

const changeset = (...lines: string[]) =>
  ["---", ...lines.map((line) => `"@aio/${line}`), "---", "", "A thing is new."].join("\n");

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "aio-changesets-"));
  execFileSync("git", ["init", "--quiet", home]);
  write(".changeset/README.md", changeset('errors": major'));
  commit(
    ...packageNames.flatMap((name) => [
      [`packages/${name}/package.json`, manifest("1.0.0")] as const,
      [`packages/${name}/src/index.ts`, "1"] as const,
      [`packages/${name}/src/reader/lines.ts`, "1"] as const,
      [`packages/${name}/api.d.ts`, "1"] as const,
    ]),
  );
});

afterEach(() => rmSync(home, { recursive: true }));

const problems = () => changesetProblems(changesIn(home), pendingIn(home));

describe("changesetProblems()", () => {
  test("asks for nothing right after a release", () => {
    expect(problems()).toEqual([]);
  });

  test("asks for a changeset, whether the change is committed or not", () => {
    write("packages/sync/src/new.ts", "1");
    expect(problems()).toMatchObject([{ file: "packages/sync/src/new.ts" }]);
    commit();
    expect(problems()).toMatchObject([{ file: "packages/sync/src/new.ts" }]);
  });

  test("accepts a changeset from another commit", () => {
    commit(["packages/sync/src/index.ts", "2"]);
    commit([".changeset/a.md", changeset('sync": patch')]);
    expect(problems()).toEqual([]);
  });

  test("asks for both packages if the mirrored reader changes, in any commit", () => {
    const reader = ["streams", "subprocess"].map(
      (name) => [`packages/${name}/src/reader/lines.ts`, "2"] as const,
    );
    commit([".changeset/a.md", changeset('streams": patch')]);
    commit(...reader);
    expect(problems()).toMatchObject([{ file: "packages/subprocess/src/reader/lines.ts" }]);
    commit([".changeset/b.md", changeset('subprocess": patch')]);
    expect(problems()).toEqual([]);
  });

  test("asks for nothing once a version has consumed the changesets", () => {
    commit(["packages/sync/src/index.ts", "2"], [".changeset/a.md", changeset('sync": patch')]);
    rmSync(join(home, ".changeset/a.md"));
    write("packages/sync/package.json", manifest("1.0.1"));
    expect(problems()).toEqual([]);
    commit();
    expect(problems()).toEqual([]);
    commit(["packages/sync/src/index.ts", "3"]);
    expect(problems()).toHaveLength(1);
  });

  test("ignores what is not published", () => {
    commit(["packages/sync/README.md", "2"], ["packages/sync/test/a.test.ts", "2"]);
    commit(["packages/sync/package.json", manifest("1.0.0", { scripts: {}, devDependencies: {} })]);
    expect(problems()).toEqual([]);
    commit(["packages/sync/package.json", manifest("1.0.0", { engines: {} })]);
    expect(problems()).toMatchObject([{ file: "packages/sync/package.json" }]);
  });

  test("asks for at least a minor if the public declarations change", () => {
    commit(["packages/sync/api.d.ts", "2"], [".changeset/a.md", changeset('sync": patch')]);
    expect(problems()).toMatchObject([{ file: "packages/sync/api.d.ts" }]);
    commit([".changeset/b.md", changeset('sync": minor')]);
    expect(problems()).toEqual([]);
  });

  test("asks for a major of all packages if @aio/errors has one", () => {
    commit([".changeset/a.md", changeset('errors": major', 'sync": major', 'streams": minor')]);
    expect(problems().map(({ what }) => what)).toEqual([
      expect.stringContaining("without a major of @aio/streams"),
      expect.stringContaining("without a major of @aio/subprocess"),
    ]);
  });
});

describe("bumpsOf()", () => {
  test("reads the front matter of a changeset", () => {
    const text = `---\n"@aio/streams": minor\n'@aio/errors': patch\n---\n\n"@aio/sync": major\n`;
    expect([...bumpsOf(text)]).toEqual([
      ["streams", "minor"],
      ["errors", "patch"],
    ]);
  });
});
