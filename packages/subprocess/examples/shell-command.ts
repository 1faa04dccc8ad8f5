// asyncio's first subprocess example: run a shell command and capture its output.
import { PIPE, createSubprocessShell } from "@aio/subprocess";

async function run(command: string): Promise<void> {
  const process = await createSubprocessShell(command, { stdout: PIPE, stderr: PIPE });
  const [stdout, stderr] = await process.communicate();
  console.log(`[${JSON.stringify(command)} exited with ${process.returncode}]`);
  if (stdout.length > 0) console.log(`[stdout]\n${String(stdout).trimEnd()}`);
  if (stderr.length > 0) console.log(`[stderr]\n${String(stderr).trimEnd()}`);
}

await run("ls -d /");
// ["ls -d /" exited with 0]
// [stdout]
// /
