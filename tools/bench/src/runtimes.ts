import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const folder = new URL("../../runtimes/node_modules/", import.meta.url).pathname;

// Some tasks collect garbage before a round, so programs need gc().
const deno = ["run", "-A", "--no-check", "--v8-flags=--expose-gc,--max-old-space-size=8192"];

/** The command prefix for a runtime of `tools/runtimes`, or `undefined` if it is not installed. */
export function onRuntime(name: "Bun" | "Deno" | `Node ${number}`): readonly string[] | undefined {
  if (name === "Bun") return installed("bun/bin/bun");
  if (name === "Deno") {
    unpackDeno();
    return installed("deno/deno", ...deno);
  }
  return installed(`${name.replace("Node ", "node")}/bin/node`, "--expose-gc");
}

// Installation scripts are off, so Deno's package puts its program in place when it first runs.
function unpackDeno(): void {
  if (existsSync(`${folder}deno/deno`) || !existsSync(`${folder}.bin/deno`)) return;
  execFileSync(`${folder}.bin/deno`, ["--version"]);
}

function installed(binary: string, ...args: readonly string[]): readonly string[] | undefined {
  return existsSync(folder + binary) ? [folder + binary, ...args] : undefined;
}

/** The versions of the installed runtimes. */
export function runtimeVersions(): Record<string, string> {
  const manifests = ["bun", "deno"].map((name) => `${folder}${name}/package.json`);
  const [bunVersion, denoVersion] = manifests.map((file) =>
    existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version
      : undefined,
  );
  return {
    ...(bunVersion === undefined ? {} : { Bun: bunVersion }),
    ...(denoVersion === undefined ? {} : { Deno: denoVersion }),
  };
}
