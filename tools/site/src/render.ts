import { execFileSync } from "node:child_process";
import { join } from "node:path";

const typedoc = join(import.meta.dirname, "../node_modules/typedoc/bin/typedoc");

/** Renders the site, as `pnpm site` does, before the tests look at it. */
export function setup(): void {
  execFileSync(process.execPath, [typedoc, "--logLevel", "Warn"], { stdio: "inherit" });
}
