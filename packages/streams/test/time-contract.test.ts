import { timeContract } from "@aio/contract";
import { vi } from "vitest";
import { plainFactories } from "./pairs.ts";
import { tlsFactories } from "./tls-pairs.ts";

// Before the packages load.
vi.hoisted(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { clearTimeout, setTimeout } = globalThis;
  Object.assign(process.getBuiltinModule?.("node:timers") ?? {}, { clearTimeout, setTimeout });
});

for (const factory of [...plainFactories, ...tlsFactories]) timeContract(factory);
