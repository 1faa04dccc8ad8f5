import { describe, expect, test } from "vitest";
import { type Difference, compareRuns } from "../src/scenarios/difference.ts";
import { parseScenarios } from "../src/scenarios/language.ts";
import type { Line } from "../src/scenarios/run.ts";

describe("parseScenarios()", () => {
  test("puts an opening before the steps, and parses each step", () => {
    const [scenario] = parseScenarios(String.raw`
open:
  server start limit=4

a name [tcp unix 3.13 no-asyncio-server] after open
  writing = client write 3*"a\n" "b"
  cancel writing
`);
    expect(scenario).toMatchObject({
      name: "a name",
      over: ["tcp", "unix"],
      since: 13,
      beyondAsyncio: "server",
      steps: [
        { label: null, target: "server", verb: "start", args: [], options: { limit: 4 } },
        { label: "writing", target: "client", verb: "write", args: [["a\n", 3], "b"] },
        { label: null, target: "writing", verb: "cancel" },
      ],
    });
  });

  test("throws for a line that starts neither a scenario nor an opening", () => {
    expect(() => parseScenarios("a name without what it runs over\n  client close")).toThrow(
      "Cannot read the scenario: a name without what it runs over",
    );
  });
});

describe("compareRuns()", () => {
  const [{ steps } = { steps: [] }] = parseScenarios("x [tcp]\n  client read\n  client close");
  const run = (client: "asyncio" | "aio", server: "asyncio" | "aio", ...outcomes: string[]) => ({
    parts: { server, client },
    lines: steps.map((step, index): Line => ({
      step,
      host: client,
      outcome: outcomes[index] ?? "",
    })),
  });
  const reference = run("asyncio", "asyncio", '"ok" "a"', '"ok"');
  const difference: Difference = {
    row: "a row",
    scenario: "x",
    step: "client read",
    ours: "client alone",
    asyncio: '"ok" "a"',
    aio: '"ok" "b"',
  };

  test("reports nothing if the steps of all runs end alike", () => {
    const finding = compareRuns("x", "tcp", [reference, run("aio", "aio", '"ok" "a"', '"ok"')], []);
    expect(finding.report).toBe("");
  });

  test("reports the first step that ends differently, and those before it", () => {
    const runs = [reference, run("aio", "asyncio", '"ok" "a"', '"TimeoutError"')];
    expect(compareRuns("x", "tcp", runs, []).report).toBe(`x, over tcp
  client read -> "ok" "a"
server asyncio, client asyncio: client close -> "ok"
server asyncio, client aio: client close -> "TimeoutError"`);
  });

  test("accepts an intended difference, and records that it occurred", () => {
    const runs = [reference, run("aio", "asyncio", '"ok" "b"', '"ok"')];
    const finding = compareRuns("x", "tcp", runs, [difference]);
    expect(finding.report).toBe("");
    expect([...finding.used]).toEqual([difference]);
  });

  test("accepts it only in runs with the right parts, and requires it there", () => {
    const both = [reference, run("aio", "aio", '"ok" "b"', '"ok"')];
    expect(compareRuns("x", "tcp", both, [difference]).report).not.toBe("");
    const alone = [reference, run("aio", "asyncio", '"ok" "a"', '"ok"')];
    expect(compareRuns("x", "tcp", alone, [difference]).report).not.toBe("");
  });
});
