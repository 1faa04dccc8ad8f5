import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compare, describeDifference } from "../src/comparison.ts";
import { readerSubject } from "../src/reader/subject.ts";
import { brokenReaders } from "./broken-readers.ts";
import { describeWithPython } from "./interpreter.ts";
import { rowsOf } from "./rows.ts";

const subject = readerSubject();

for (const [version, count] of [
  ["3.13", 3_000],
  ["3.12", 1_000],
] as const) {
  describeWithPython(`The readers of @aio/streams and ${version}`, version, subject, (python) => {
    test(`agree in ${count} random programs`, { timeout: 60_000 }, async () => {
      const difference = await compare(subject, { count }, python());
      if (difference !== undefined) expect.unreachable(describeDifference(subject, difference));
    });
  });
}

// These prove that the comparison detects faults.
describeWithPython("A broken reader", "3.13", subject, (python) => {
  test.each(brokenReaders)("is detected: $what", { timeout: 60_000 }, async ({ Reader }) => {
    const difference = await compare(readerSubject(Reader), { count: 1_000 }, python());
    expect(difference).toBeDefined();
    expect(difference?.program.operations.length).toBeLessThan(7);
  });
});

describe("Each intended difference of the reader", () => {
  const rows = rowsOf("streams");
  const rules = ["deviations.py", "calls.py"].flatMap((file) => {
    const path = new URL(`../python/reader/${file}`, import.meta.url);
    return [...readFileSync(path, "utf8").matchAll(/ROW: (.*)/g)].map(([, words = ""]) => words);
  });

  test.each(rules)("has a row in the README of @aio/streams: %s", (words) => {
    expect(rows.filter((row) => row.includes(words))).not.toEqual([]);
  });
});
