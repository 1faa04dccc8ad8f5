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

/** How each browser is started, given the path of its program. */
const providers: Record<BrowserName, (path: string) => BrowserProviderOption> = {
  chromium: (executablePath) =>
    playwright({ launchOptions: { executablePath, args: chromiumArgs } }),
  firefox: (path) => openedBrowser([path, "--headless", "--no-remote", "--profile", "PROFILE"]),
  // It needs a display.
  webkit: (path) => openedBrowser(["xvfb-run", "-a", path, "--private"]),
};

const browser = (process.env["BROWSER"] ?? "chromium") as BrowserName;
const path = process.env["BROWSER_PATH"] ?? "/usr/bin/chromium";

/** The tests of @aio/sync, as built and over the built @aio/errors, in a browser. */
export default defineConfig({
  root: new URL("../../..", import.meta.url).pathname,
  test: {
    include: ["packages/sync/test/**/*.test.ts"],
    exclude: ["**/*.node.test.ts"],
    reporters: ["default", new TallyReporter()],
    // Firefox takes long for a signal with 100,000 listeners.
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
