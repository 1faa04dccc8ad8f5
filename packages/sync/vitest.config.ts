import { project } from "@aio/vitest";

// Modules have no state but debug mode, which the tests turn off again: no file needs its own process.
export default project("sync", { isolate: false });
