import { type Subject, compare, describeDifference } from "./comparison.ts";
import { Python, findPython } from "./python.ts";
import { readerSubject } from "./reader/subject.ts";
import { syncSubject } from "./sync/subject.ts";

const usage = `Usage: differential sync|reader [number of programs] [first seed] [3.N]
       differential full`;

const [what = "", count = "100000", first = "0", wanted = "3.13"] = process.argv.slice(2);
if (what === "sync") await run(syncSubject(), Number(count), Number(first), wanted);
else if (what === "reader") await run(readerSubject(), Number(count), Number(first), wanted);
else if (what === "full") {
  // New seeds each day, so that each run covers new programs.
  const day = Math.floor(Date.now() / 86_400_000) * 100_000;
  for (const version of ["3.13", "3.12"]) {
    await run(syncSubject(), 100_000, day, version);
    await run(readerSubject(), 100_000, day, version);
  }
} else {
  console.error(usage);
  process.exitCode = 2;
}

async function run<Program>(
  subject: Subject<Program>,
  count: number,
  first: number,
  wanted: string,
): Promise<void> {
  const interpreter = findPython(wanted);
  if (interpreter === undefined) {
    console.error(`CPython ${wanted} is not installed: set AIO_PYTHON to its path`);
    process.exitCode = 1;
    return;
  }
  using python = new Python(interpreter, subject.script);
  console.log(
    `${count} programs over ${subject.name} from seed ${first}, against CPython ${python.version}`,
  );
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
