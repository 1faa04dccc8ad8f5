import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import type { Problem } from "./problem.ts";
import { root } from "./repository.ts";

/** The folder of the byte reader, and its copy in the package that may not import it. */
export const mirrored = {
  owner: `${root}packages/streams/src/reader`,
  copy: `${root}packages/subprocess/src/reader`,
} as const;

/** The differences between a folder and its copy, as reported by `diff -r`. */
export function mirrorProblems(owner: string, copy: string): Problem[] {
  const { status, stdout, stderr } = spawnSync("diff", ["-r", owner, copy], { encoding: "utf8" });
  if (status === 0) return [];
  const what = `differs from its copy:\n${stdout}${stderr}`;
  const cure = "change the folder in streams, then run pnpm mirror";
  return [{ file: relative(root, owner), what, cure }];
}
