// Run by `pnpm rehearse`: both halves at once, since each often waits for a program that uses one
// processor. The output of the second half appears when the first has ended.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

const program = (name: string): string => join(import.meta.dirname, name);

const consumers = promisify(execFile)(process.execPath, [program("consumers.ts")]).then(
  ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
  ({ code, stdout, stderr }) => ({ code: Number(code), text: `${stdout}${stderr}` }),
);
const rehearsal = spawn(process.execPath, [program("rehearsal.ts")], { stdio: "inherit" });
const [code] = await once(rehearsal, "exit");
const second = await consumers;
process.stdout.write(second.text);
process.exitCode = code === 0 && second.code === 0 ? 0 : 1;
