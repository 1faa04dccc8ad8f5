import { timeContract } from "@aio/contract";
import { vi } from "vitest";
import { processFactories } from "./process-pair.ts";

// Before the package loads.
vi.hoisted(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { clearTimeout, setTimeout } = globalThis;
  Object.assign(process.getBuiltinModule?.("node:timers") ?? {}, { clearTimeout, setTimeout });
});

for (const factory of processFactories) timeContract(factory);
