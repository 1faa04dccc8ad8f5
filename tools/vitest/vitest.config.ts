import { defineConfig } from "vitest/config";
import { TallyReporter } from "./tally-reporter.ts";

/**
 * AIO_DIST=1 runs the same tests on what `pnpm build` made. Without it they run on the sources of
 * all packages, through the `@aio/source` condition that each package.json exports.
 */
const onDist = process.env["AIO_DIST"] === "1";
// Not `module`, which is for bundlers: what was built is tested as Node loads it.
const conditions = [...(onDist ? [] : ["@aio/source"]), "node", "development|production"];

const project = (name: string, root: string, execArgv: string[] = []) => ({
  extends: true as const,
  test: { name, root: new URL(`../../${root}`, import.meta.url).pathname, execArgv },
});

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    // All cores, where Vitest would leave one free: many tests wait for a process or a socket.
    maxWorkers: "100%",
    // Real processes on a machine that may be busy: a test that hangs fails, a slow one does not.
    testTimeout: 30_000,
    reporters: ["default", new TallyReporter()],
    projects: [
      project("errors", "packages/errors"),
      project("sync", "packages/sync"),
      project("streams", "packages/streams"),
      project("subprocess", "packages/subprocess"),
      // Node calls the stripping of types in a string an experiment still.
      project("checks", "tools/checks", ["--disable-warning=ExperimentalWarning"]),
      project("differential", "tools/differential"),
    ],
  },
});
