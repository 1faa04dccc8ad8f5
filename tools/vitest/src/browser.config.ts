import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import type { BrowserProviderOption } from "vitest/node";
import { openedBrowser } from "./opened-browser.ts";
import { TallyReporter } from "./tally-reporter.ts";

const chromiumArgs = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"].concat([
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]);

type BrowserName = "chromium" | "firefox" | "webkit";

/** How to start each browser from the path of its program. */
const providers: Record<BrowserName, (path: string) => BrowserProviderOption> = {
  chromium: (executablePath) =>
    playwright({ launchOptions: { executablePath, args: chromiumArgs } }),
  firefox: (path) => openedBrowser([path, "--headless", "--no-remote", "--profile", "PROFILE"]),
  // It needs a display.
  webkit: (path) => openedBrowser(["xvfb-run", "-a", path, "--private"]),
};

const browser = (process.env["BROWSER"] ?? "chromium") as BrowserName;
const path = process.env["BROWSER_PATH"] ?? "/usr/bin/chromium";

/** Runs the tests of the built @aio/sync, with the built @aio/errors, in a browser. */
export default defineConfig({
  root: new URL("../../..", import.meta.url).pathname,
  test: {
    include: ["packages/sync/test/**/*.test.ts"],
    exclude: ["**/*.node.test.ts"],
    reporters: ["default", new TallyReporter()],
    // Firefox is slow with 100,000 listeners on one signal.
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: providers[browser](path),
      instances: [{ browser }],
    },
  },
});
