// A | B with descriptors, like os.pipe() in asyncio's documentation: A's output goes to B without passing
// through this process. Linux only.
import { PIPE, createSubprocessExec, openPipe } from "@aio/subprocess";

const { read, write } = await openPipe();
const seq = await createSubprocessExec("seq", ["1000000"], { stdout: write });
write.close();
const wc = await createSubprocessExec("wc", ["-l"], { stdin: read, stdout: PIPE });
read.close();

const [stdout] = await wc.communicate();
console.log(Number(stdout), await seq.wait()); // 1000000 0
