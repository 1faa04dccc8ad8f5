import { project } from "@aio/vitest";

// Nothing here is shared but modules without state, so the files need no process each.
export default project("sync", { isolate: false });
