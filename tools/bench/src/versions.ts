import { readFileSync } from "node:fs";
import { python, uvloop } from "./python.ts";
import { runtimeVersions } from "./runtimes.ts";

interface Manifest {
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The versions of the contenders and runtimes, by name. `contenders` are the names in the results. */
export function versions(contenders: readonly string[]): Record<string, string> {
  const url = new URL("../package.json", import.meta.url);
  const { devDependencies = {} } = JSON.parse(readFileSync(url, "utf8")) as Manifest;
  const known = {
    Node: process.version.slice(1),
    CPython: python()?.version,
    uvloop: uvloop()?.version,
    ...runtimeVersions(),
    ...devDependencies,
  };
  const took = Object.entries(known).filter(
    ([name, version]) =>
      version !== undefined &&
      (name === "Node" || contenders.some((contender) => contender.split(/['\s]/)[0] === name)),
  );
  return Object.fromEntries(took) as Record<string, string>;
}
