import type { ViteUserConfig } from "vitest/config";
import { TallyReporter } from "./tally-reporter.ts";

/**
 * AIO_DIST=1 runs the same tests on what the build made. Without it they run on the sources of all
 * packages, through the `@aio/source` condition that each package.json exports.
 */
const onDist = process.env["AIO_DIST"] === "1";
// Not `module`, which is for bundlers: what was built is tested as Node loads it.
const conditions = [...(onDist ? [] : ["@aio/source"]), "node", "development|production"];

/** How a test run behaves, whether it starts at the root or in one package. */
export const runSettings = {
  // All cores, where Vitest would leave one free: many tests wait for a process or a socket.
  maxWorkers: "100%",
  reporters: ["default", new TallyReporter()],
} satisfies ViteUserConfig["test"];

/** The settings of one package's tests. `settings` holds what only this package needs. */
export function project(name: string, settings?: ViteUserConfig["test"]): ViteUserConfig {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      ...runSettings,
      name,
      include: ["test/**/*.test.ts"],
      // Real processes on a machine that may be busy: a test that hangs fails, a slow one does not.
      testTimeout: 30_000,
      ...settings,
    },
  };
}
