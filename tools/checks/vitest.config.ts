import { project } from "@aio/vitest";

export default project("checks", {
  // Node still calls stripping types from a string experimental.
  execArgv: ["--disable-warning=ExperimentalWarning"],
});
