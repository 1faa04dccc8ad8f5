import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareScenario } from "../src/connections/compare.ts";
import { differences } from "../src/connections/differences.ts";
import { Stage } from "../src/connections/ways.ts";
import { StreamsHost } from "../src/connections/host.ts";
import type { Difference } from "../src/scenarios/difference.ts";
import { scenariosOf } from "../src/scenarios/language.ts";
import { PythonHost } from "../src/scenarios/python-host.ts";
import { rowsOf } from "./rows.ts";
import { describeFor } from "./interpreter.ts";

const scenarios = scenariosOf("connections");
// The whole table against one version, and a part of it against the one before.
const isFull = process.env["AIO_FULL"] === "1";

for (const version of ["3.13", "3.12"]) {
  const minor = Number(version.slice(2));
  describeFor(`Connections of @aio/streams, and of CPython ${version}`, version, (interpreter) => {
    let python: PythonHost;
    let stage: Stage;
    beforeAll(() => {
      python = new PythonHost(interpreter(), "scenarios/connections.py");
      stage = new Stage({ asyncio: python, aio: new StreamsHost() });
    });
    afterAll(() => {
      stage[Symbol.dispose]();
      python[Symbol.dispose]();
    });

    // Many at once, since most of their time is spent on waiting for the other side.
    const used = new Set<Difference>();
    const runnable = scenarios.filter(({ since }) => since <= minor);
    for (const scenario of runnable) {
      const over = isFull || version === "3.13" ? scenario.over : scenario.over.slice(0, 1);
      it.concurrent.each(over)(`agree on ${scenario.name} (%s)`, async (over) => {
        const finding = await compareScenario(scenario, over, stage);
        for (const difference of finding.used) used.add(difference);
        expect(finding.report).toBe("");
      });
    }

    it.runIf(version === "3.13" || isFull)("show every wanted difference", () => {
      const names = new Set(runnable.map(({ name }) => name));
      const known = differences.filter(({ scenario }) => names.has(scenario));
      expect(known.filter((one) => !used.has(one))).toEqual([]);
    });
  });
}

describe("Each wanted difference of connections", () => {
  const rows = rowsOf("streams");

  it.each([...new Set(differences.map(({ row }) => row))])(
    "has its row in the README of @aio/streams: %s",
    (words) => {
      expect(rows.filter((row) => row.includes(words))).not.toEqual([]);
    },
  );
});
