// Runs the tests of the built packages on every runtime that they promise to run on, one line each.
// `pnpm build` comes first; the runtimes are this folder's own dependencies, Chromium the system's.
import { spawnSync } from "node:child_process";
import { accessSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const here = (path: string): string =>
  fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

const vitest = ["node_modules/vitest/vitest.mjs", "run"];
const config = ["--config", "tools/vitest/vitest.config.ts"];
const portable = ["--project", "errors", "--project", "sync"];
const all = [...portable, "--project", "streams", "--project", "subprocess"];

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

interface Runtime {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly needs?: string;
}

const onNode = (major: number): Runtime => ({
  name: `Node ${major}`,
  command: [here(`node${major}/bin/node`), ...vitest, ...config, ...all],
});

const runtimes: readonly Runtime[] = [
  onNode(20),
  onNode(22),
  onNode(24),
  onNode(26),
  // Bun has no IPC channel that Vitest's forks could unref: threads it is.
  {
    name: "Bun",
    command: [here("bun/bin/bun"), "--bun", ...vitest, ...config, ...portable, "--pool=threads"],
  },
  { name: "Deno", command: [here(".bin/deno"), "run", "-A", ...vitest, ...config, ...portable] },
  {
    name: "Chromium",
    command: [process.execPath, ...vitest, "--config", "tools/vitest/browser.config.ts"],
    needs: chromium,
  },
];

const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
let failed = 0;
for (const { name, command, needs } of runtimes) {
  if (wanted.length > 0 && !wanted.includes(name.toLowerCase().replace(" ", ""))) continue;
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
process.exitCode = failed === 0 ? 0 : 1;

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
