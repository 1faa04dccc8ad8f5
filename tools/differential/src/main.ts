import { type Subject, compare, describeDifference } from "./comparison.ts";
import { Python, findPython } from "./python.ts";
import { readerSubject } from "./reader/subject.ts";
import { syncSubject } from "./sync/subject.ts";

const usage = "differential [sync | reader] [how many programs] [the first one's seed] [Python]";

const [what = "sync", count = "100000", first = "0", wanted = "3.13"] = process.argv.slice(2);
if (what === "sync") await run(syncSubject(), Number(count), Number(first));
else if (what === "reader") await run(readerSubject(), Number(count), Number(first));
else {
  console.error(`Usage: ${usage}`);
  process.exitCode = 2;
}

async function run<Program>(
  subject: Subject<Program>,
  count: number,
  first: number,
): Promise<void> {
  const interpreter = findPython(wanted);
  if (interpreter === undefined) {
    console.error(`There is no CPython ${wanted} here: set AIO_PYTHON to one`);
    process.exitCode = 1;
    return;
  }
  using python = new Python(interpreter, subject.script);
  console.log(`${count} programs from seed ${first}, against CPython ${python.version}`);
  const step = 1_000;
  for (let done = 0; done < count;) {
    const some = { first: first + done, count: Math.min(step, count - done) };
    const difference = await compare(subject, some, python);
    if (difference !== undefined) {
      console.log(describeDifference(subject, difference));
      process.exitCode = 1;
      return;
    }
    done += some.count;
    if (done % 10_000 === 0 || done === count) console.log(`${done} agree`);
  }
}
