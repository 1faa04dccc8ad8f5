import { defineConfig } from "vitest/config";
import { runSettings } from "./tools/vitest/src/project.ts";

/** Every workspace package that has tests. Each states its own settings, so it also runs alone. */
export default defineConfig({
  test: { ...runSettings, projects: ["{packages,tools}/*/vitest.config.ts"] },
});
