// The last step of `npm test`: records the commit that passed, for `pnpm release`. With uncommitted
// changes, no commit has passed.
import { writeFileSync } from "node:fs";
import { commit, isClean, testedFile } from "./state.ts";

if (isClean()) writeFileSync(testedFile(), `${commit()}\n`);
