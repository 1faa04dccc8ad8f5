import { afterAll, beforeAll } from "vitest";
import { compareConnections } from "../src/connections/compare.ts";
import { differences } from "../src/connections/differences.ts";
import { StreamsHost } from "../src/connections/host.ts";
import { Stage } from "../src/connections/ways.ts";
import { PythonHost } from "../src/scenarios/python-host.ts";
import { describeFor } from "./interpreter.ts";
import { testRows, testScenarios, versions } from "./scenario-tests.ts";

for (const version of versions) {
  describeFor(`Connections of @aio/streams and CPython ${version}`, version, (interpreter) => {
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

    testScenarios("connections", version, differences, (scenario, over) =>
      compareConnections(scenario, over, stage),
    );
  });
}

testRows("streams", differences);
