import type { ViteUserConfig } from "vitest/config";
import { TallyReporter } from "./tally-reporter.ts";

/**
 * AIO_DIST=1 runs the tests on the build output. By default, they run on the sources of all packages,
 * through the `@aio/source` condition in each package.json.
 */
const onDist = process.env["AIO_DIST"] === "1";
// Without the bundlers' `module` condition, so that the build is tested as Node loads it.
const conditions = [...(onDist ? [] : ["@aio/source"]), "node", "development|production"];

/** Settings of every test run, from the root or in one package. */
export const runSettings = {
  // All cores; Vitest would leave one free. Many tests wait for a process or a socket.
  maxWorkers: "100%",
  reporters: ["default", new TallyReporter()],
} satisfies ViteUserConfig["test"];

/** The settings of one package's tests. `settings` is what only this package needs. */
export function project(name: string, settings?: ViteUserConfig["test"]): ViteUserConfig {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      ...runSettings,
      name,
      include: ["test/**/*.test.ts"],
      // Long enough for real processes on a busy machine; only a test that hangs fails.
      testTimeout: 30_000,
      hookTimeout: 30_000,
      ...settings,
    },
  };
}
