import { counted, importMilliseconds, ofEach, packed } from "./install.ts";
import { scenario } from "./scenario.ts";

const subject = "@aio/subprocess";
const peers = [subject, "nano-spawn", "tinyexec", "execa", "zx"];

export const coldImport = scenario({
  title: "Import the package in a fresh process",
  unit: "ms",
  subject,
  rounds: 3,
  warmUps: 1,
  aims: { "node:child_process": 2, execa: 0.2 },
  note: "Dependencies included, with all files in the system's cache.",
  contenders: ofEach(["node:child_process", ...peers], importMilliseconds),
});

export const download = scenario({
  title: "Size of the package and its dependencies, packed",
  unit: "KiB",
  subject,
  rounds: 1,
  warmUps: 0,
  get note() {
    return counted(peers);
  },
  contenders: ofEach(peers, (name) => packed(name).size),
});

export const installed = scenario({
  title: "Size of the package and its dependencies, installed",
  unit: "KiB",
  subject,
  rounds: 1,
  warmUps: 0,
  get note() {
    return `${counted(peers)} @aio/subprocess contains its sources and source maps.`;
  },
  contenders: ofEach(peers, (name) => packed(name).unpackedSize),
});
