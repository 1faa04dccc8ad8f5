import { type Options, defineConfig } from "tsup";

/** Leaves each relative import in place, so that a file of `src` stays a file. */
const keepModules: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "keep-modules",
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, ({ kind, path }) =>
      kind === "entry-point" ? null : { path: path.replace(/\.ts$/, ".js"), external: true },
    );
  },
};

const common: Options = {
  sourcemap: true,
  target: "es2022",
  // Built code names Node's modules as the sources do.
  removeNodeProtocol: false,
  // The package holds the sources, so the maps need no second copy.
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
};

/**
 * How every package is built. What differs, the platform, is a flag in its build script.
 *
 * Node loads one file for the whole package, which is the fastest to load. A bundler gets one module
 * for each source file (the `module` condition), and drops the modules that a program does not use.
 */
export default defineConfig(({ platform }) => [
  {
    ...common,
    entry: ["src/index.ts"],
    format: ["esm", "cjs"],
    clean: ["!modules/**"],
    // The bundled declarations lose the references of the sources. Without `lib`, a project below
    // `ESNext` has no `Disposable`; without `types`, a project with `types: []` has no `Buffer`.
    dts: {
      banner: [
        '/// <reference lib="esnext.disposable" />',
        ...(platform === "node" ? ['/// <reference types="node" />'] : []),
      ].join("\n"),
    },
  },
  {
    ...common,
    entry: ["src/**/*.ts"],
    format: ["esm"],
    outDir: "dist/modules",
    clean: true,
    esbuildPlugins: [keepModules],
  },
]);
