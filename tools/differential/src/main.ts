import { describeDifference, differenceOf, shrink } from "./difference.ts";
import { programOf } from "./program.ts";
import { Python, pythonVersion } from "./python.ts";

// node --conditions=@aio/source src/main.ts [how many programs] [the first one's seed]
const [count = 100_000, first = 0] = process.argv.slice(2).map(Number);
const version = pythonVersion();
if (version === undefined) {
  console.error("There is no Python from 3.11 here: set AIO_PYTHON to one");
  process.exit(1);
}
console.log(`${count} programs from seed ${first}, against CPython ${version}`);
using python = new Python();
const step = 1_000;
for (let seed = first; seed < first + count; seed += step) {
  const seeds = Array.from({ length: Math.min(step, first + count - seed) }, (_, n) => seed + n);
  const found = await Promise.all(seeds.map((number) => differenceOf(programOf(number), python)));
  const difference = found.find((one) => one !== undefined);
  if (difference !== undefined) {
    console.log(describeDifference(await shrink(difference, python)));
    process.exitCode = 1;
    break;
  }
  const done = seed + seeds.length - first;
  if (done % 10_000 === 0 || done === count) console.log(`${done} agree`);
}
