// The last step of `npm test`: notes the commit that passed, for `pnpm release` to look at. Where files
// are not committed, no commit has passed.
import { writeFileSync } from "node:fs";
import { commit, isClean, testedFile } from "./state.ts";

if (isClean()) writeFileSync(testedFile(), `${commit()}\n`);
