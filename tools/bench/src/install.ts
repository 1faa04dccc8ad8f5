import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Contender, type Scenario, scenario } from "./scenario.ts";

// The static costs of a package: its import, its size on disk, its share of a bundle.
const root = new URL("../", import.meta.url).pathname;

/** The scenario of an import, which is the same for every package but for its peers and aims. */
export function coldImportOf(
  subject: string,
  names: readonly string[],
  aims?: Scenario["aims"],
): Scenario {
  return scenario({
    title: "Import the package in a fresh process",
    unit: "ms",
    subject,
    rounds: 3,
    warmUps: 1,
    ...(aims && { aims }),
    note: "Dependencies included, with all files in the system's cache.",
    contenders: ofEach(names, importMilliseconds),
  });
}

/** The scenario of the size on disk. `peers` begin with the package itself. */
export function installedSizeOf(peers: readonly [string, ...string[]]): Scenario {
  const [subject] = peers;
  return scenario({
    title: "Size of the package and its dependencies, installed",
    unit: "KiB",
    subject,
    rounds: 1,
    warmUps: 0,
    get note() {
      return `${counted(peers)} ${subject} contains its sources and source maps.`;
    },
    contenders: ofEach(peers, (name) => packed(name).unpackedSize),
  });
}

/** Contenders that report the same figure for each of these packages. */
export function ofEach(
  names: readonly string[],
  figure: (name: string) => number | Promise<number>,
): Record<string, Contender> {
  return Object.fromEntries(names.map((name) => [name, () => figure(name)]));
}

/** Milliseconds of the import in a fresh Node process. */
export function importMilliseconds(module: string): number {
  const program = `const start = performance.now();
    await import(${JSON.stringify(module)});
    console.log(performance.now() - start);`;
  const figures = Array.from({ length: 9 }, () => {
    const options = { cwd: root, encoding: "utf8" } as const;
    return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], options));
  });
  return figures.toSorted((a, b) => a - b)[4] ?? Number.NaN;
}

/** The size in bytes of a program with this code only, bundled, minified and compressed. */
export async function bundledBytes(code: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `${code}\nexport { used };`, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["module", "import"],
    target: "es2022",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "").length;
}

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
}

/** The sizes in KiB of a package with its dependencies, packed and unpacked. */
export function packed(name: string): Packed {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=silent"];
  const all = [...folders(name, root.slice(0, -1))];
  const report = JSON.parse(
    execFileSync("npm", [...args, ...all], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const sum = (of: (one: Packed) => number) =>
    Object.values<Packed>(report).reduce((total, one) => total + of(one), 0) / 1024;
  return { size: sum((one) => one.size), unpackedSize: sum((one) => one.unpackedSize) };
}

/** A sentence with the number of packages that each installs, itself included. */
export function counted(names: readonly string[]): string {
  return `Packages: ${names.map((name) => `${name} ${folders(name, root.slice(0, -1)).size}`).join(", ")}.`;
}

/** The folders of a package and of all its dependencies. */
function folders(name: string, from: string, found = new Set<string>()): Set<string> {
  const folder = locate(name, from);
  if (found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const dependency of Object.keys(dependencies)) folders(dependency, folder, found);
  return found;
}

// require.resolve() would fail for an ESM package that does not export its manifest.
function locate(name: string, from: string): string {
  for (let folder = from; folder !== "/"; folder = dirname(folder)) {
    const candidate = `${folder}/node_modules/${name}`;
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  throw new Error(`Cannot weigh ${name}: it is not installed`);
}
