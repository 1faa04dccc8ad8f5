import { coldImportOf, counted, installedSizeOf, ofEach, packed } from "./install.ts";
import { scenario } from "./scenario.ts";

const subject = "@aio/subprocess";
const peers: [string, ...string[]] = [subject, "nano-spawn", "tinyexec", "execa", "zx"];

export const coldImport = coldImportOf(subject, ["node:child_process", ...peers], {
  "node:child_process": 2,
  execa: 0.2,
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

export const installed = installedSizeOf(peers);
