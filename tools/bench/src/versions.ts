import { readFileSync } from "node:fs";
import { python } from "./python.ts";
import { serverVersions } from "./streams-servers.ts";

interface Manifest {
  readonly version?: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What was measured, by name: Node, CPython if there is one, and every peer. */
export function versions(): Record<string, string> {
  const { devDependencies = {} } = manifest(new URL("../package.json", import.meta.url));
  const peers = Object.entries(devDependencies).filter(
    ([name, version]) => version !== "catalog:" && !name.startsWith("@types/"),
  );
  const cpython = python();
  return {
    Node: process.version.slice(1),
    ...(cpython === null ? {} : { CPython: cpython.version }),
    ...serverVersions(),
    ...Object.fromEntries(peers),
  };
}

function manifest(file: URL): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}
