import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Renders the site, as `pnpm site` does, before its tests look at it. */
export function setup(): void {
  const typedoc = fileURLToPath(new URL("../bin/typedoc", import.meta.resolve("typedoc")));
  execFileSync(process.execPath, [typedoc, "--logLevel", "Warn"], { stdio: "inherit" });
}
