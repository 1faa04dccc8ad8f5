// Runs the tests of the built packages on every runtime that they promise to run on, one line each.
// `pnpm runtimes` builds first and installs this folder's dependencies, which are the runtimes.
// Chromium is the system's.
import { spawnSync } from "node:child_process";
import { accessSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const here = (path: string): string =>
  fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

// Vite's module runner loads the configurations where a runtime cannot read TypeScript by itself.
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--configLoader=runner"];
const portable = ["--project", "errors", "--project", "sync"];
const all = [...portable, "--project", "streams", "--project", "subprocess"];

// Bun has no IPC channel that Vitest's forks could unref, and no V8 whose garbage a test could collect.
const onBun = ["--pool=threads", "--exclude=**/*.node.test.ts"];

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

interface Runtime {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly needs?: string;
}

const onNode = (major: number): Runtime => ({
  name: `Node ${major}`,
  command: [here(`node${major}/bin/node`), ...vitest, ...all],
});

const runtimes: readonly Runtime[] = [
  onNode(20),
  onNode(22),
  onNode(24),
  onNode(26),
  {
    name: "Bun",
    command: [here("bun/bin/bun"), "--bun", ...vitest, ...portable, ...onBun],
  },
  { name: "Deno", command: [here(".bin/deno"), "run", "-A", ...vitest, ...portable] },
  {
    name: "Chromium",
    command: [process.execPath, ...vitest, "--config", "tools/vitest/src/browser.config.ts"],
    needs: chromium,
  },
];

const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
let failed = 0;
let met = 0;
for (const { name, command, needs } of runtimes) {
  if (wanted.length > 0 && !wanted.includes(name.toLowerCase().replace(" ", ""))) continue;
  met += 1;
  if (needs !== undefined && !exists(needs)) {
    console.log(`${name.padEnd(9)} skipped: there is no ${needs}`);
    continue;
  }
  const [program, ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, AIO_DIST: "1", CHROMIUM: chromium, NO_COLOR: "1" },
  });
  const tally = stdout.match(/^\d+ passed, .*$/m)?.[0] ?? "no test ran";
  console.log(`${name.padEnd(9)} ${tally}`);
  if (status !== 0) {
    failed += 1;
    console.log(stdout, stderr);
  }
}
if (met < wanted.length) {
  failed += 1;
  console.error(`Runtimes are ${runtimes.map(({ name }) => name).join(", ")}`);
}
process.exitCode = failed === 0 ? 0 : 1;

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
