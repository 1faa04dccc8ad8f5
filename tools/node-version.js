// Says which Node the tools need, where there is none: they are TypeScript, and use `using`.
// This file is plain JavaScript, for the sake of the Node that cannot run them.
import { readFileSync } from "node:fs";

const needed = 24;
const { platform, arch, version, versions, env } = process;

if (Number.parseInt(versions.node, 10) < needed && !comesFromNpm()) {
  const here = `${platform} ${arch}`;
  console.error(
    `npm start and npm test need Node ${needed} or later on ${here}; this is ${version}.`,
  );
  process.exitCode = 1;
}

/** Whether pnpm will install a Node of its own for this platform, and put it before this one. */
function comesFromNpm() {
  // Under pnpm all is installed, and this would be that Node.
  if (env.npm_config_user_agent?.startsWith("pnpm")) return false;
  const { optionalDependencies } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const isMusl = platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  const name = `${platform.replace("win32", "win")}-${arch}`;
  return !isMusl && [`node-${name}`, `node-bin-${name}`].some((key) => key in optionalDependencies);
}
