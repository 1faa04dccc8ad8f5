import { exists, installed } from "./places.ts";

export interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  /** The packages to test; all by default. */
  readonly packages?: readonly string[];
  readonly browser?: boolean;
  /** File name suffixes to exclude, separated by commas. */
  readonly exclude?: string;
  /** The error for a feature that this runtime lacks. A test that fails with it counts as known. */
  readonly refused?: RegExp;
  readonly env?: Record<string, string>;
  /** The program that the system lacks. */
  readonly missing?: string | undefined;
}

// Vite's module runner loads the configuration on runtimes that cannot read TypeScript.
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--configLoader=runner"];
const browserConfig = "tools/vitest/src/browser.config.ts";
const needsNode = /needs Node\.js on Linux/;

const onNode = (major: number): Runtime => ({
  name: `Node ${major}`,
  command: [installed(`node${major}/bin/node`), ...vitest],
});

function browser(name: string, path: string): Runtime {
  return {
    name,
    command: [installed("node24/bin/node"), ...vitest, `--config=${browserConfig}`],
    packages: ["sync"],
    browser: true,
    exclude: ".node.test.ts",
    env: { BROWSER: name.toLowerCase(), BROWSER_PATH: path },
    missing: exists(path) ? undefined : path,
  };
}

export const runtimes: readonly Runtime[] = [
  onNode(20),
  onNode(22),
  onNode(24),
  onNode(26),
  {
    name: "Bun",
    // On Bun, Vitest's forks cannot unref their IPC channel. Threads share the descriptors that some tests
    // count, so only one file runs at a time.
    command: [installed("bun/bin/bun"), "--bun", ...vitest, "--pool=threads", "--maxWorkers=1"],
    // These tests need V8, for example to trigger garbage collection.
    exclude: ".node.test.ts",
    refused: needsNode,
  },
  {
    name: "Deno",
    command: [installed(".bin/deno"), "run", "-A", ...vitest],
    refused: needsNode,
  },
  browser("Chromium", process.env["CHROMIUM"] ?? "/usr/bin/chromium"),
  browser("Firefox", process.env["FIREFOX"] ?? "/usr/bin/firefox-esr"),
  browser(
    "WebKit",
    process.env["WEBKIT"] ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
  ),
];
