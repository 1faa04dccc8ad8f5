import { coldImportOf, installedSizeOf } from "./install.ts";

const peers = ["promise-socket", "it-byte-stream", "split2"];

export const coldImport = coldImportOf("@aio/streams", ["node:net", "@aio/streams", ...peers]);

export const installed = installedSizeOf(["@aio/streams", ...peers]);
