import { project } from "@aio/vitest";

export default project("checks", {
  // Loads TypeScript once for all files, which takes a quarter of the time.
  isolate: false,
  // module.stripTypeScriptTypes() is still experimental.
  execArgv: ["--disable-warning=ExperimentalWarning"],
});
