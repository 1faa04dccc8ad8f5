import { project } from "@aio/vitest";

export default project("checks", {
  // One load of TypeScript for all files, and not one each: a quarter of the time.
  isolate: false,
  // Node still calls stripping types from a string experimental.
  execArgv: ["--disable-warning=ExperimentalWarning"],
});
