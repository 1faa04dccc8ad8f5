import { describe, expect, test } from "vitest";
import { findPython } from "../src/python.ts";
import type { Difference, Finding } from "../src/scenarios/difference.ts";
import { type Scenario, scenariosOf } from "../src/scenarios/language.ts";
import { isFull } from "./interpreter.ts";
import { rowsOf } from "./rows.ts";

// Child processes, sockets and their errors are Linux's.
export const versions: readonly Version[] = process.platform === "linux" ? ["3.13", "3.12"] : [];

type Version = "3.13" | "3.12";

// A later one may have mended what is a wanted difference here.
const tableIsOf = ["3.13.0", "3.12.1"];

/**
 * A test for each scenario of one kind: many at once, since most of their time is spent on waiting
 * for the other side. Against the version before the newest only one in five runs, unless AIO_FULL=1
 * asks for all.
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

  // Longer than a step may hang, on each of the ways.
  const timeout = 120_000;
  test.concurrent.each(cases)("agree on $name ($over)", { timeout }, async ({ scenario, over }) => {
    const finding = await compare(scenario, over);
    for (const difference of finding.used) used.add(difference);
    expect(finding.report).toBe("");
  });

  test("show every wanted difference", ({ skip }) => {
    const found = findPython(version)?.version.join(".") ?? "none";
    skip(!tableIsOf.includes(found), `the table is of ${tableIsOf.join(" and ")}, not of ${found}`);
    const missing = differences.filter(
      (one) =>
        !used.has(one) &&
        cases.some(({ name, over }) => name === one.scenario && over === (one.over ?? over)),
    );
    expect(missing).toEqual([]);
  });
}

/** A test for each wanted difference: the README of the package tells of it. */
export function testRows(packageName: string, differences: readonly Difference[]): void {
  describe(`Each wanted difference of @aio/${packageName}`, () => {
    const rows = rowsOf(packageName);

    test.each([...new Set(differences.map(({ row }) => row))])(
      "stands in the README: %s",
      (words) => {
        expect(rows.filter((row) => row.includes(words))).not.toEqual([]);
      },
    );
  });
}
