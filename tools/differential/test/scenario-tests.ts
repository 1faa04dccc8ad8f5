import { describe, expect, test } from "vitest";
import { findPython } from "../src/python.ts";
import type { Difference, Finding } from "../src/scenarios/difference.ts";
import { type Scenario, scenariosOf } from "../src/scenarios/language.ts";
import { isFull } from "./interpreter.ts";
import { rowsOf } from "./rows.ts";

// The scenarios expect the child processes, sockets and errors of Linux.
export const versions: readonly Version[] = process.platform === "linux" ? ["3.13", "3.12"] : [];

type Version = "3.13" | "3.12";

// The versions that the table of differences describes. A later one may have removed a difference.
const tableIsOf = ["3.13.0", "3.12.1"];

/**
 * Declare a test for each scenario of one kind. They run concurrently, since they mostly wait for the
 * other side. Against the older version, only one in five runs, unless AIO_FULL=1.
 */
export function testScenarios(
  kind: string,
  version: Version,
  differences: readonly Difference[],
  compare: (scenario: Scenario, over: string) => Promise<Finding>,
): void {
  const minor = Number(version.slice(2));
  const cases = scenariosOf(kind)
    .filter(({ since }) => since <= minor)
    .flatMap((scenario) => scenario.over.map((over) => ({ scenario, name: scenario.name, over })))
    .filter((_, index) => isFull || version === "3.13" || index % 5 === 0);
  const used = new Set<Difference>();

  // Enough for a step to hang in each of the ways.
  const timeout = 120_000;
  test.concurrent.each(cases)("agree on $name ($over)", { timeout }, async ({ scenario, over }) => {
    const finding = await compare(scenario, over);
    for (const difference of finding.used) used.add(difference);
    expect(finding.report).toBe("");
  });

  test("show every intended difference", ({ skip }) => {
    const found = findPython(version)?.version.join(".") ?? "none";
    skip(
      !tableIsOf.includes(found),
      `the table describes ${tableIsOf.join(" and ")}, not ${found}`,
    );
    const missing = differences.filter(
      (one) =>
        !used.has(one) &&
        cases.some(({ name, over }) => name === one.scenario && over === (one.over ?? over)),
    );
    expect(missing).toEqual([]);
  });
}

/** Declare a test for each intended difference, which must be in the package's README. */
export function testRows(packageName: string, differences: readonly Difference[]): void {
  describe(`Each intended difference of @aio/${packageName}`, () => {
    const rows = rowsOf(packageName);

    test.each([...new Set(differences.map(({ row }) => row))])("is in the README: %s", (words) => {
      expect(rows.filter((row) => row.includes(words))).not.toEqual([]);
    });
  });
}
