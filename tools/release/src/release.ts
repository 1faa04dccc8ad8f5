// Run by `pnpm release`: publishes and tags each package whose version is not on npm.
import { spawnSync } from "node:child_process";
import { pnpm, root } from "./run.ts";
import { objections } from "./state.ts";

const found = objections();
if (found.length > 0) {
  console.error(`Cannot release: ${found.join("; ")}`);
  process.exit(1);
}
const steps = [
  ["exec", "turbo", "run", "build", "--filter=./packages/*", "--output-logs=errors-only"],
  ["exec", "changeset", "publish"],
];
const env = { ...process.env, AIO_RELEASE: "1", TURBO_TELEMETRY_DISABLED: "1" };
for (const step of steps) {
  const { status } = spawnSync(pnpm, step, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
