import { project } from "@aio/vitest";

// After the tests of each file, no child, pipe or temporary file may be left.
export default project("subprocess", { setupFiles: ["test/leaks.ts"] });
