import { describe, expect, test } from "vitest";
import { assertNone } from "../src/problem.ts";
import { textsOf } from "../src/repository.ts";
import { roomProblems } from "../src/rooms.ts";

describe("the packages' sources", () => {
  test("have few boxes on few floors, without a cycle", () => {
    assertNone(roomProblems(textsOf(/^packages\/[^/]+\/src\/.*\.ts$/)));
  });
});

const problemsOf = (files: Record<string, string>) =>
  roomProblems(
    new Map(Object.entries(files).map(([file, text]) => [`packages/sync/src/${file}`, text])),
  ).map(({ what }) => what);

describe("roomProblems()", () => {
  test("allows a cycle between files of one folder, which oxlint reports", () => {
    expect(
      problemsOf({
        "a.ts": 'import { b } from "./tls/b.ts";',
        "tls/b.ts": 'import { c } from "./c.ts";',
        "tls/c.ts": 'import { b } from "./b.ts";',
      }),
    ).toEqual([]);
  });

  test("shows a cycle of boxes, type imports included", () => {
    const problems = problemsOf({
      "a.ts": 'import { b } from "./tls/b.ts";',
      "tls/b.ts": "",
      "tls/c.ts": 'import type { D } from "../connect/d.ts";',
      "connect/d.ts": 'export type { A } from "../a.ts";',
    });
    expect(problems).toEqual([
      "has a cycle: a → tls → connect → a (a.ts imports tls/b.ts; tls/c.ts imports connect/d.ts; connect/d.ts imports a.ts)",
    ]);
  });

  test("finds too many boxes, files in a folder, and floors", () => {
    const tower = Object.fromEntries(
      Array.from({ length: 11 }, (_, floor) => [`f${floor}.ts`, `import "./f${floor + 1}.ts";`]),
    );
    expect(problemsOf({ ...tower, "f11.ts": "" })).toEqual([
      expect.stringMatching(/^has 12 floors; .*f0 → f1 → /),
    ]);
    const files = Array.from({ length: 17 }, (_, index) => [`f${index}.ts`, ""]);
    expect(problemsOf(Object.fromEntries(files))).toEqual([expect.stringMatching(/^has 17 boxes/)]);
    const inside = files.slice(0, 9).map(([file, text]) => [`tls/${file}`, text]);
    expect(problemsOf(Object.fromEntries(inside))).toEqual([
      expect.stringMatching(/^has 9 files in tls/),
    ]);
  });

  test("finds a folder with a meaningless name", () => {
    expect(problemsOf({ "utils/a.ts": "" })).toEqual(["has a folder called utils"]);
  });
});
