import { project } from "@aio/vitest";

export default project("site", { globalSetup: ["src/render.ts"] });
