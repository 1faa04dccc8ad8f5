// Cancelling a wait leaves the process running; the signal passed at creation ends it.
import { PIPE, TimeoutError, createSubprocessShell } from "@aio/subprocess";

{
  await using shell = await createSubprocessShell("echo one; sleep 1; echo two", {
    stdout: PIPE,
  });
  try {
    await shell.communicate(null, { signal: AbortSignal.timeout(100) });
  } catch (error) {
    console.log(error instanceof TimeoutError, shell.returncode); // true null
  }
  const [stdout] = await shell.communicate();
  console.log(JSON.stringify(String(stdout))); // "one\ntwo\n"
}

const controller = new AbortController();
const { signal } = controller;
const endless = await createSubprocessShell("sleep 1000; :", { signal, killTree: true });
controller.abort("enough");
try {
  await endless.wait();
} catch (error) {
  console.log((error as Error).name, (error as Error).cause, endless.returncode); // AbortError enough -15
}
