import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asJavaScript, asModule, programs } from "./programs.ts";
import { type Command, type PackageName, attempt, outside, pnpm, run } from "./run.ts";

export type Manager = "npm" | "pnpm" | "yarn 1" | "yarn 4";

const node = process.execPath;
const yarn1: Command = [node, outside("yarn1/bin/yarn.js")];
const yarn4: Command = [node, outside("yarn4/bin/yarn.js")];
const tsc: Command = [node, outside("ts7/bin/tsc")];

/** A user's project, in a separate folder. */
export class Consumer {
  readonly folder: string;
  readonly manager: Manager;
  readonly #registry: string;
  /** The package managers' caches, not shared with other projects. */
  readonly #caches: string;

  constructor(folder: string, manager: Manager, registry: string, caches: string) {
    this.folder = folder;
    this.manager = manager;
    this.#registry = registry;
    this.#caches = caches;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "name": "user", "private": true }');
    writeFileSync(join(folder, ".npmrc"), `registry=${registry}\n`);
    // pnpm would ignore versions that were published a moment ago.
    writeFileSync(join(folder, "pnpm-workspace.yaml"), "minimumReleaseAge: 0\n");
  }

  /** Install packages, given as `errors` or `errors@^1.0.0`. */
  async install(...wanted: readonly string[]): Promise<void> {
    const packages = wanted.map((name) => `@aio/${name}`);
    await this.#run(this.manager === "npm" ? "install" : "add", ...packages);
  }

  /** Update to the newest versions that the ranges allow. */
  async update(): Promise<void> {
    await this.#run("update");
  }

  async #run(...args: readonly string[]): Promise<void> {
    const cache = join(this.#caches, this.manager.replace(" ", ""));
    switch (this.manager) {
      case "npm": {
        const flags = ["--no-audit", "--no-fund", "--cache", cache];
        await run(this.folder, ["npm", ...args, ...flags]);
        return;
      }
      case "pnpm": {
        const flags = ["--store-dir", join(cache, "store"), "--cache-dir", join(cache, "cache")];
        await run(this.folder, [pnpm, ...args, ...flags]);
        return;
      }
      case "yarn 1": {
        await run(this.folder, [...yarn1, ...args, "--cache-folder", cache, "--silent"]);
        return;
      }
      case "yarn 4": {
        writeFileSync(join(this.folder, "yarn.lock"), "", { flag: "a" });
        await run(this.folder, [...yarn4, ...args], {
          YARN_GLOBAL_FOLDER: cache,
          YARN_NPM_REGISTRY_SERVER: this.#registry.replace(/\/$/, ""),
          YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
          YARN_NPM_MINIMAL_AGE_GATE: "0",
          YARN_ENABLE_TELEMETRY: "0",
          YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
        });
      }
    }
  }

  /** The installed versions by package, anywhere in node_modules. */
  installed(): Record<string, string> {
    const scope = join(this.folder, "node_modules/@aio");
    const entries = readdirSync(scope).map((name) => [name, this.version(name)]);
    return Object.fromEntries(entries) as Record<string, string>;
  }

  version(name: string): string {
    return String(JSON.parse(this.read(`node_modules/@aio/${name}/package.json`)).version);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** Run the user's programs for these packages as ESM and as CommonJS. */
  async works(names: readonly PackageName[], runtime: string = node): Promise<void> {
    for (const kind of ["mjs", "cjs"] as const) {
      for (const name of names) {
        writeFileSync(join(this.folder, `${name}.${kind}`), asJavaScript(programs[name], kind));
      }
      const load = (name: PackageName) =>
        kind === "mjs" ? `import "./${name}.mjs";\n` : `require("./${name}.cjs");\n`;
      writeFileSync(join(this.folder, `all.${kind}`), names.map(load).join(""));
      // Yarn 4 does not create node_modules; its loader finds the packages.
      const pnp = ["--require", "./.pnp.cjs", "--loader", "./.pnp.loader.mjs"];
      const flags = this.manager === "yarn 4" ? ["--no-warnings", ...pnp] : [];
      const { output } = await attempt(this.folder, [runtime, ...flags, `all.${kind}`]);
      const expected = names.map(() => "works\n").join("");
      assert.equal(output, expected, `${this.manager}: ${kind} of ${names.join(", ")}`);
    }
  }

  /** Compile the users' programs as ESM and as CommonJS. */
  async compiles(names: readonly PackageName[]): Promise<void> {
    const types = join(this.folder, "node_modules/@types");
    mkdirSync(types, { recursive: true });
    try {
      symlinkSync(outside("@types/node"), join(types, "node"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    for (const name of names) {
      for (const end of ["mts", "cts"]) {
        writeFileSync(join(this.folder, `${name}.${end}`), asModule(programs[name]));
      }
    }
    const flags = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022"];
    const files = names.flatMap((name) => [`${name}.mts`, `${name}.cts`]);
    await run(this.folder, [...tsc, ...flags, "--pretty", "false", ...files]);
  }
}
