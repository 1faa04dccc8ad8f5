import { describe, expect, test } from "vitest";
import { apiReport, reportFile, reportProblems, withoutComments } from "../src/api-report.ts";
import { assertNone } from "../src/problem.ts";
import { packageNames, textOf } from "../src/repository.ts";

describe("the report of the public declarations", () => {
  test.each(packageNames)("of @aio/%s matches the build", (name) => {
    const file = reportFile(name);
    assertNone(reportProblems(file, textOf(file), apiReport(name)));
  });
});

describe("withoutComments()", () => {
  test("keeps references and declarations, sorted by name", () => {
    const text = [
      '/// <reference types="node" />',
      'import a from "a";',
      "/** B. */",
      "declare class B {",
      "  /** C. */ c(): void;",
      "}",
      "declare const A: string;",
      "export { A, B };",
    ];
    expect(withoutComments(text.join("\n")).split("\n")).toEqual([
      '/// <reference types="node" />',
      'import a from "a";',
      "declare const A: string;",
      "declare class B {",
      "    c(): void;",
      "}",
      "export { A, B };",
      "",
    ]);
  });
});

describe("reportProblems()", () => {
  test("shows the first line that differs", () => {
    expect(reportProblems("api.d.ts", "a\nb\n", "a\nb\n")).toEqual([]);
    expect(reportProblems("api.d.ts", "a\nb\n", "a\nc\n")).toMatchObject([{ line: 2 }]);
  });
});
