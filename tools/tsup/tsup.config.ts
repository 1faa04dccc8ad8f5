import { defineConfig } from "tsup";

/** How every package is built; what differs (the platform) is a flag in its build script. */
export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  dts: true,
  sourcemap: true,
  clean: true,
  target: "es2022",
  // What is Node's is named so in what is built too.
  removeNodeProtocol: false,
  // The sources are in the package, so the maps need not hold them once more.
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
});
