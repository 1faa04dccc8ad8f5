import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { type Contender, scenario } from "./scenario.ts";

const subject = "@aio/subprocess";
const peers = [subject, "nano-spawn", "tinyexec", "execa", "zx"];
const root = new URL("../", import.meta.url).pathname;

const contendersOf = (
  names: readonly string[],
  figure: (name: string) => number,
): Record<string, Contender> => Object.fromEntries(names.map((name) => [name, () => figure(name)]));

// The import alone, in a Node that has just started: what starting takes is everybody's.
function importMilliseconds(module: string): number {
  const program = `const start = performance.now();
    await import(${JSON.stringify(module)});
    console.log(performance.now() - start);`;
  const figures = Array.from({ length: 9 }, () => {
    const options = { cwd: root, encoding: "utf8" } as const;
    return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], options));
  });
  return figures.toSorted((a, b) => a - b)[4] ?? Number.NaN;
}

export const coldImport = scenario({
  title: "Import the package in a fresh process",
  unit: "ms",
  subject,
  aims: { "node:child_process": 2, execa: 0.2 },
  note: "With the packages that it imports; the files are in the system's cache.",
  contenders: contendersOf(["node:child_process", ...peers], importMilliseconds),
});

interface Packed {
  readonly name: string;
  readonly size: number;
  readonly unpackedSize: number;
}
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package's folder, and those of all that it depends on. */
function folders(name: string, from: string, found = new Set<string>()): Set<string> {
  const folder = locate(name, from);
  if (found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(
    readFileSync(`${folder}/package.json`, "utf8"),
  ) as Manifest;
  for (const dependency of Object.keys(dependencies)) folders(dependency, folder, found);
  return found;
}

// Not require.resolve: an ESM package need not export its manifest.
function locate(name: string, from: string): string {
  for (let folder = from; folder !== "/"; folder = dirname(folder)) {
    const candidate = `${folder}/node_modules/${name}`;
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  throw new Error(`Cannot weigh ${name}: it is not installed`);
}

/** As the registry would get, and a user would find, the package and its dependencies. */
function packed(name: string): { size: number; unpackedSize: number; packages: number } {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=silent"];
  const all = [...folders(name, root.slice(0, -1))];
  const report = JSON.parse(
    execFileSync("npm", [...args, ...all], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const packages = Object.values<Packed>(report);
  const sum = (of: (one: Packed) => number) =>
    packages.reduce((total, one) => total + of(one), 0) / 1024;
  return {
    size: sum((one) => one.size),
    unpackedSize: sum((one) => one.unpackedSize),
    packages: packages.length,
  };
}

const counted = () =>
  `Packages: ${peers.map((name) => `${name} ${folders(name, root.slice(0, -1)).size}`).join(", ")}.`;

export const download = scenario({
  title: "Size of the package and its dependencies, packed",
  unit: "KiB",
  subject,
  rounds: 1,
  get note() {
    return counted();
  },
  contenders: contendersOf(peers, (name) => packed(name).size),
});

export const installed = scenario({
  title: "Size of the package and its dependencies, installed",
  unit: "KiB",
  subject,
  rounds: 1,
  get note() {
    return `${counted()} Ours carries its sources and source maps.`;
  },
  contenders: contendersOf(peers, (name) => packed(name).unpackedSize),
});
