import { describe, expect, test } from "vitest";
import { cpythonTests } from "../src/cpython-tests.ts";
import { assertNone } from "../src/problem.ts";
import { textsOf } from "../src/repository.ts";
import { compareTwins } from "../src/twins.ts";

describe("CPython's tests", () => {
  const tests = textsOf(/^(?:packages\/[^/]+\/test|tools\/contract\/src)\/.*\.ts$/);
  const { problems, tallies } = compareTwins(tests);

  test("are named as CPython names them, and each is ported or excused", ({ annotate }) => {
    for (const { suite, ported, excused } of tallies) {
      void annotate(`${suite}: ${ported} ported, ${excused} excused`);
    }
    assertNone(problems);
  });

  test("are 75, 73, 40 and 11", () => {
    const counts = Object.values(cpythonTests).map(
      (classes) => Object.values(classes).join(" ").trim().split(/\s+/).length,
    );
    expect(counts).toEqual([75, 73, 40, 11]);
  });
});

const table = { test_locks: { LockTests: "test_a test_b", EventTests: "test_c" } };
const problemsOf = (text: string) => compareTwins(new Map([["a.test.ts", text]]), table).problems;

const all = `
  // test_locks.LockTests.test_a
  // Another remark.
  it("does a", () => {});

  // test_locks.LockTests.test_b
  it.each([1])("does b", () => {});

  // excused test_locks.EventTests.test_c: there is one event loop
`;

describe("compareTwins()", () => {
  test("counts what is ported and excused", () => {
    const { problems, tallies } = compareTwins(new Map([["a.test.ts", all]]), table);
    expect(problems).toEqual([]);
    expect(tallies).toEqual([{ suite: "test_locks", ported: 2, excused: 1 }]);
  });

  test("asks for every test", () => {
    expect(problemsOf("").map(({ what }) => what)).toEqual([
      "test_locks.LockTests.test_a is neither ported nor excused",
      "test_locks.LockTests.test_b is neither ported nor excused",
      "test_locks.EventTests.test_c is neither ported nor excused",
    ]);
  });

  test.each([
    ["a name that CPython does not have", "test_a\n", "test_z\n", "CPython has no test"],
    ["a comment that is not above a test", 'it("does a"', 'f("does a"', "is not above a test"],
    ["an excuse without a reason", ": there is one event loop", "", "gives no reason"],
    [
      "a wrong form",
      "// test_locks.LockTests.test_a",
      "// as test_locks.LockTests",
      "in the wrong form",
    ],
    ["what is ported and excused", "EventTests.test_c", "LockTests.test_b", "ported and excused"],
  ])("finds %s", (_, right, wrong, what) => {
    const [problem] = problemsOf(all.replace(right, wrong));
    expect(problem?.what).toContain(what);
    expect(problem?.line).toBeGreaterThan(1);
  });

  test("says where a test of that name is, if it is in another class", () => {
    const wrong = all.replace("LockTests.test_a", "EventTests.test_a");
    expect(problemsOf(wrong)[0]?.cure).toBe("use test_locks.LockTests.test_a");
  });
});
