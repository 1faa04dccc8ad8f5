// Run by `pnpm api` after a build: stores the public declarations of each package for review.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiReport, reportFile } from "./api-report.ts";
import { packageNames, root } from "./repository.ts";

for (const name of packageNames) writeFileSync(join(root, reportFile(name)), apiReport(name));
