import { exists, installed } from "./places.ts";

export interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  /** The packages that run here; all without it. */
  readonly packages?: readonly string[];
  readonly fileByFile?: boolean;
  readonly browser?: boolean;
  /** The ends of the names of files that cannot run here, separated by commas. */
  readonly exclude?: string;
  /** How the packages refuse what this runtime cannot do. A test that meets it is known to fail. */
  readonly refused?: RegExp;
  readonly env?: Record<string, string>;
  /** What the system would have to have. */
  readonly missing?: string | undefined;
}

// Vite's module runner loads the configurations where a runtime cannot read TypeScript by itself.
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
    // Bun has no IPC channel that Vitest's forks could unref.
    command: [installed("bun/bin/bun"), "--bun", ...vitest, "--pool=threads"],
    // Nor V8, whose garbage a test could collect.
    exclude: ".node.test.ts",
    fileByFile: true,
    refused: needsNode,
  },
  {
    name: "Deno",
    command: [installed(".bin/deno"), "run", "-A", ...vitest],
    fileByFile: true,
    refused: needsNode,
  },
  browser("Chromium", process.env["CHROMIUM"] ?? "/usr/bin/chromium"),
  browser("Firefox", process.env["FIREFOX"] ?? "/usr/bin/firefox-esr"),
  browser(
    "WebKit",
    process.env["WEBKIT"] ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
  ),
];
