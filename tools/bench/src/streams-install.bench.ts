import { counted, importMilliseconds, ofEach, packed } from "./install.ts";
import { scenario } from "./scenario.ts";

const subject = "@aio/streams";
const peers = [subject, "promise-socket", "it-byte-stream", "split2"];

export const coldImport = scenario({
  title: "Import the package in a fresh process",
  unit: "ms",
  subject,
  rounds: 3,
  warmUps: 1,
  note: "Dependencies included, with all files in the system's cache.",
  contenders: ofEach(["node:net", ...peers], importMilliseconds),
});

export const installed = scenario({
  title: "Size of the package and its dependencies, installed",
  unit: "KiB",
  subject,
  rounds: 1,
  warmUps: 0,
  get note() {
    return `${counted(peers)} @aio/streams contains its sources and source maps.`;
  },
  contenders: ofEach(peers, (name) => packed(name).unpackedSize),
});
