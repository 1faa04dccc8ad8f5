import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { TallyReporter } from "./tally-reporter.ts";

const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"].concat([
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]);
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** The tests of @aio/sync, as built and over the built @aio/errors, in a browser. */
export default defineConfig({
  root: new URL("../../..", import.meta.url).pathname,
  test: {
    include: ["packages/sync/test/**/*.test.ts"],
    exclude: ["**/*.node.test.ts"],
    reporters: ["default", new TallyReporter()],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args } }),
      instances: [{ browser: "chromium" }],
    },
  },
});
