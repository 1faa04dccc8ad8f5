// asyncio's example of a child process: start it, read one line of its output, and wait for its exit.
import { PIPE, createSubprocessExec } from "@aio/subprocess";

async function getDate(): Promise<string> {
  const code = "console.log(new Date().toISOString())";
  const child = await createSubprocessExec(process.execPath, ["-e", code], { stdout: PIPE });
  const line = await child.stdout.readline();
  await child.wait();
  return String(line).trimEnd();
}

const date = await getDate();
console.log(Math.abs(Date.now() - Date.parse(date)) < 60_000); // true
