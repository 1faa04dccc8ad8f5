import { afterAll, beforeAll } from "vitest";
import { compareProcesses } from "../src/processes/compare.ts";
import { differences } from "../src/processes/differences.ts";
import { SubprocessHost } from "../src/processes/host.ts";
import { Stage } from "../src/processes/stage.ts";
import { PythonHost } from "../src/scenarios/python-host.ts";
import { describeFor } from "./interpreter.ts";
import { testRows, testScenarios, versions } from "./scenario-tests.ts";

for (const version of versions) {
  describeFor(`Processes of @aio/subprocess and ${version}`, version, (interpreter) => {
    const aio = new SubprocessHost();
    let asyncio: PythonHost;
    let stage: Stage;
    beforeAll(() => {
      asyncio = new PythonHost(interpreter(), "scenarios/processes.py");
      stage = new Stage();
    });
    afterAll(() => {
      stage[Symbol.dispose]();
      asyncio[Symbol.dispose]();
    });

    testScenarios("processes", version, differences, (scenario, over) =>
      compareProcesses(scenario, over, stage, { asyncio, aio }),
    );
  });
}

testRows("subprocess", differences);
