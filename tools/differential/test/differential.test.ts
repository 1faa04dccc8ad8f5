import { describe, expect, it } from "vitest";
import { describeDifference, differenceOf, shrink } from "../src/difference.ts";
import { programOf } from "../src/program.ts";
import { Python, pythonVersion } from "../src/python.ts";

const version = pythonVersion();
const inCi = process.env["CI"] === "true";
if (version === undefined) {
  console.warn("No CPython from 3.11 as python3 or AIO_PYTHON: nothing to compare with asyncio's");
}

describe("@aio/sync", () => {
  it.runIf(version !== undefined || inCi)(
    `does what asyncio does in 2,000 random programs (CPython ${version ?? "not found"})`,
    { timeout: 60_000 },
    async () => {
      using python = new Python();
      const programs = Array.from({ length: 2_000 }, (_, seed) => programOf(seed));
      const found = await Promise.all(programs.map((program) => differenceOf(program, python)));
      const difference = found.find((one) => one !== undefined);
      if (difference !== undefined) {
        expect.unreachable(describeDifference(await shrink(difference, python)));
      }
    },
  );
});
