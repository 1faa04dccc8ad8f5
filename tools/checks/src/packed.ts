import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build, transform } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { Problem } from "./problem.ts";
import { type PackageName, manifestOf, root, textOf } from "./repository.ts";

/** The size limit of each package in bytes, minified and compressed. */
export const budgets: Readonly<Record<PackageName, number>> = {
  errors: 3750,
  sync: 3500,
  streams: 18_500,
  subprocess: 15_700,
};

/** The size limit of a single export in bytes, minified and compressed, with @aio/errors. */
export const budgetsOfOne: readonly (readonly [PackageName, string, number])[] = [
  ["errors", "isCancelled", 650],
  ["sync", "Event", 3680],
  ["sync", "Lock", 4100],
  ["sync", "Semaphore", 4020],
  ["streams", "openConnection", 16_300],
  ["subprocess", "createSubprocessExec", 17_500],
];

/** A package as published to npm. */
export interface Packed {
  readonly name: PackageName;
  readonly tarball: Uint8Array;
  /** Paths in the package. */
  readonly files: readonly string[];
  readonly textOf: (path: string) => string;
}

/** The pnpm that runs the tests, or else npx's, which takes a second to find. */
const [pnpm, ...pnpmArgs] = ((): [string, ...string[]] => {
  const runner = process.env["npm_execpath"] ?? "";
  if (/^pnpm(?:\.exe)?$/.test(basename(runner))) return [runner];
  return ["npx", "--yes", "--prefer-offline", String(manifestOf(".")["packageManager"])];
})();

/** Pack a package as it is published. */
export async function pack(name: PackageName): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "aio-packed-"));
  // Only pnpm replaces `workspace:` and `catalog:` with versions and adds the root's LICENSE.
  const args = [...pnpmArgs, "pack", "--pack-destination", folder, "--json"];
  try {
    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(pnpm, args, { cwd: join(root, "packages", name) }, (error, out) =>
        resolve({ code: error?.code, stdout: out }),
      );
    });
    // pnpm prints its errors to standard output.
    if (code !== undefined) throw new Error(`Cannot pack @aio/${name}: ${stdout}`);
    const { filename } = JSON.parse(stdout) as { filename: string };
    const tarball = new Uint8Array(await readFile(join(folder, filename.split("/").at(-1) ?? "")));
    const contents = createPackageFromTarballData(tarball);
    const home = `/node_modules/@aio/${name}/`;
    return {
      name,
      tarball,
      files: contents.listFiles().map((file) => file.slice(home.length)),
      textOf: (path) => contents.readFile(home + path),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ofSources =
  /^(?:src\/(?:[\w-]+\/)?[\w-]+\.ts|dist\/modules\/(?:[\w-]+\/)?[\w-]+\.js(?:\.map)?)$/;
const builds = [
  "modules/index.js",
  "modules/index.js.map",
  "index.cjs",
  "index.cjs.map",
  "index.d.cts",
  "index.d.ts",
  "index.js",
  "index.js.map",
];

/** Files that should not be in a package, or are missing. */
export function contentProblems(
  { name, files, textOf: packedText }: Packed,
  hasChangelog = false,
): Problem[] {
  const file = `packages/${name}/package.json`;
  const add = (what: string, cure: string): Problem => ({ file, what, cure });
  const wanted = [
    ...builds.map((build) => `dist/${build}`),
    "package.json",
    "README.md",
    "LICENSE",
  ];
  if (hasChangelog) wanted.push("CHANGELOG.md");
  const optional = new Set([...wanted, "CHANGELOG.md"]);
  const problems = [
    ...wanted
      .filter((path) => !files.includes(path))
      .map((path) => add(`packs no ${path}`, "build the package, or add it to `files`")),
    ...files
      .filter((path) => !optional.has(path) && !ofSources.test(path))
      .map((path) =>
        add(
          `packs ${path}`,
          "a package contains only dist, src, its README, changelog and license",
        ),
      ),
  ];
  if (files.includes("LICENSE") && packedText("LICENSE") !== textOf("LICENSE")) {
    problems.push(add("packs a LICENSE that differs from the root's", "delete the package's copy"));
  }
  return problems;
}

/** The findings of publint and attw. */
export async function lintProblems({ name, tarball }: Packed): Promise<Problem[]> {
  const file = `packages/${name}/package.json`;
  const contents = tarball.slice().buffer;
  const [{ messages, pkg }, types] = await Promise.all([
    publint({ pack: { tarball: contents }, strict: true }),
    checkPackage(createPackageFromTarballData(tarball)),
  ]);
  const cure = "run publint --strict or attw in the package for an explanation";
  const problems = messages.map((message): Problem => {
    return { file, what: formatMessage(message, pkg) ?? message.code, cure };
  });
  if (types.types === false) return [...problems, { file, what: "packs no types", cure }];
  return [
    ...problems,
    ...types.problems.map((problem): Problem => ({ file, what: JSON.stringify(problem), cure })),
  ];
}

/** Fields of a manifest that make sense only in this repository, and fields that npm needs. */
export function manifestProblems({ name, textOf: packedText }: Packed): Problem[] {
  const file = `packages/${name}/package.json`;
  const text = packedText("package.json");
  const manifest = JSON.parse(text) as Record<string, unknown>;
  const cure = "remove it in `beforePacking` in .pnpmfile.mjs, since only this repository uses it";
  const needless = ["devDependencies", "scripts"].filter((key) => key in manifest);
  const own = ["@aio/source", "workspace:", "catalog:"].filter((word) => text.includes(word));
  const needed = ["author", "bugs", "description", "homepage", "keywords", "license", "repository"];
  return [
    ...needless.map((key) => ({ file, what: `is published with ${key}`, cure })),
    ...own.map((word) => ({ file, what: `is published with ${word}`, cure })),
    ...needed
      .filter((key) => !(key in manifest))
      .map((key) => ({
        file,
        what: `has no ${key}`,
        cure: "add it, since the package's page on npm shows it",
      })),
  ];
}

/** Dependency ranges that cannot be resolved, or are too narrow. */
export function rangeProblems({ name, textOf: packedText }: Packed): Problem[] {
  const file = `packages/${name}/package.json`;
  const manifest = JSON.parse(packedText("package.json")) as Record<string, unknown>;
  const version = String(manifestOf("packages/errors")["version"]);
  const expected = name === "errors" ? {} : { "@aio/errors": `^${version}` };
  const actual = manifest["dependencies"] ?? {};
  if (JSON.stringify(actual) === JSON.stringify(expected)) return [];
  const what = `is published with the dependencies ${JSON.stringify(actual)}`;
  return [{ file, what, cure: `change them to ${JSON.stringify(expected)}` }];
}

/** The size of a package in bytes, minified and compressed, without @aio/errors. */
export async function sizeOf({ textOf: packedText }: Packed): Promise<number> {
  const { code } = await transform(packedText("dist/index.js"), { minify: true, format: "esm" });
  return gzipSync(code, { level: 9 }).length;
}

/** The size in bytes of a bundled program that uses one export. */
export async function sizeOfOne(name: PackageName, exported: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${exported} } from "@aio/${name}";`,
      resolveDir: join(root, "tools/checks"),
    },
    bundle: true,
    minify: true,
    format: "esm",
    platform: name === "errors" || name === "sync" ? "browser" : "node",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}
