// asyncio's example of concurrent commands: the slow one does not delay the other.
import { PIPE, createSubprocessShell } from "@aio/subprocess";

async function run(command: string): Promise<void> {
  const process = await createSubprocessShell(command, { stdout: PIPE, stderr: PIPE });
  const [stdout] = await process.communicate();
  console.log(`[${command} exited with ${process.returncode}]`, String(stdout).trim());
}

await Promise.all([run("ls -d /zzz"), run("sleep 1; echo hello")]);
// [ls -d /zzz exited with 2]
// [sleep 1; echo hello exited with 0] hello
