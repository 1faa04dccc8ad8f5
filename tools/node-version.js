// Reports if Node is too old for the tools, which are TypeScript with `using`. Plain JavaScript, so that
// an older Node can run it.
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

/** Whether pnpm will install a Node for this platform, and run the tools on it. */
function comesFromNpm() {
  // Under pnpm, everything is installed, and this would already be that Node.
  if (env.npm_config_user_agent?.startsWith("pnpm")) return false;
  const { optionalDependencies } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const isMusl = platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  const name = `${platform.replace("win32", "win")}-${arch}`;
  return !isMusl && [`node-${name}`, `node-bin-${name}`].some((key) => key in optionalDependencies);
}
