import { project } from "@aio/vitest";

export default project("subprocess", { setupFiles: ["test/leaks.ts"] });
