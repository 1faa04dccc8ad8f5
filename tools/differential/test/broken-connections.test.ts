import { afterAll, beforeAll, expect, test } from "vitest";
import { compareConnections } from "../src/connections/compare.ts";
import { StreamsHost, verbs } from "../src/connections/host.ts";
import { Stage } from "../src/connections/ways.ts";
import type { WorldVerbs } from "../src/connections/world.ts";
import { scenariosOf } from "../src/scenarios/language.ts";
import { PythonHost } from "../src/scenarios/python-host.ts";
import { describeFor } from "./interpreter.ts";
import { versions } from "./scenario-tests.ts";

interface Fault {
  readonly what: string;
  readonly scenario: string;
  readonly server?: Partial<WorldVerbs["server"]>;
  readonly end?: Partial<WorldVerbs["end"]>;
}

// One fault each, to prove that the comparison detects it.
const faults: readonly Fault[] = [
  {
    what: "drain() never waits",
    scenario: "several drain() calls resume together",
    end: { drain: () => {} },
  },
  {
    what: "close() drops pending output",
    scenario: "close() flushes",
    end: { close: ({ world, name }) => world.end(name).writer.abort() },
  },
  {
    what: "wait_closed() does not wait",
    scenario: "wait_closed() before close()",
    end: { closed: () => {} },
  },
  {
    what: "a cancelled read takes a byte",
    scenario: "a cancelled readline() loses nothing",
    end: {
      readline: async ({ world, name, signal }) => {
        const { reader } = world.end(name);
        try {
          return await reader.readline({ signal });
        } finally {
          if (signal.aborted) reader.readNowait(1);
        }
      },
    },
  },
  {
    what: "the limit is one byte too large",
    scenario: "a line as long as the limit",
    server: {
      start: (doing) => {
        const limit = Number(doing.options["limit"] ?? 65_536) + 1;
        return verbs.server["start"]?.({ ...doing, options: { ...doing.options, limit } });
      },
    },
  },
  {
    what: "wait_closed() does not wait for the clients",
    scenario: "wait_closed() waits for the clients",
    server: { closed: () => {} },
  },
  {
    what: "a handler's error is not reported",
    scenario: "a handler that fails",
    server: { reported: () => [] },
  },
  {
    what: "write_eof() closes the connection",
    scenario: "a half-closed connection keeps its other direction",
    end: { eof: ({ world, name }) => world.end(name).writer.close() },
  },
];

for (const version of versions.slice(0, 1)) {
  describeFor("A connection with a fault", version, (interpreter) => {
    let asyncio: PythonHost;
    beforeAll(() => {
      asyncio = new PythonHost(interpreter(), "scenarios/connections.py");
    });
    afterAll(() => asyncio[Symbol.dispose]());

    const scenarios = scenariosOf("connections");

    test.each(faults)("is detected: $what", async ({ scenario: name, server, end }) => {
      const use: WorldVerbs = {
        server: { ...verbs.server, ...(server as WorldVerbs["server"]) },
        end: { ...verbs.end, ...(end as WorldVerbs["end"]) },
      };
      using stage = new Stage({ asyncio, aio: new StreamsHost(use) });
      const scenario = scenarios.find((one) => one.name === name);
      if (scenario === undefined) throw new Error(`There is no scenario ${name}`);
      const { report } = await compareConnections(scenario, "tcp", stage);
      expect(report).toContain(name);
    });
  });
}
