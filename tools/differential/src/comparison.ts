import type { Python } from "./python.ts";

/** What can be run on both sides: by asyncio in a Python process, and here. */
export interface Subject<Program> {
  /** The name that stands beside "asyncio" where the two differ. */
  readonly name: string;
  /** The program in `python/` that runs the same over asyncio, one JSON document a line. */
  readonly script: string;
  /** The program that belongs to a seed, the same on every machine. */
  programOf(seed: number, python: Python): Program;
  /** Run a program here: one line a step. */
  run(program: Program): Promise<readonly string[]>;
  /** What the Python program answered, in lines that equal those of `run` if the two agree. */
  linesOf(program: Program, answer: unknown): readonly string[];
  /** Smaller programs that may show the same difference, those that save most first. */
  smaller(program: Program): Iterable<Program>;
  /** The steps of a program for people to read: as many as there are lines. */
  steps(program: Program): readonly string[];
  /** What a program begins with. */
  title(program: Program): string;
}

/** Where the two first disagree about a program. */
export interface Difference<Program> {
  readonly program: Program;
  readonly step: number;
  readonly asyncio: string;
  readonly aio: string;
}

/** Run `program` on both sides. `undefined` if they agree. */
export async function differenceOf<Program>(
  subject: Subject<Program>,
  program: Program,
  python: Python,
): Promise<Difference<Program> | undefined> {
  const [answer, actual] = await Promise.all([python.ask(program), subject.run(program)]);
  const expected = subject.linesOf(program, answer);
  const step = expected.findIndex((line, index) => line !== actual[index]);
  if (step === -1) return undefined;
  return { program, step, asyncio: expected[step] ?? "", aio: actual[step] ?? "" };
}

/** The first difference that the programs of some seeds show, shrunk. */
export async function compare<Program>(
  subject: Subject<Program>,
  seeds: { readonly first?: number; readonly count: number },
  python: Python,
): Promise<Difference<Program> | undefined> {
  const { first = 0, count } = seeds;
  const together = 100;
  for (let done = 0; done < count; done += together) {
    const found = await Promise.all(
      Array.from({ length: Math.min(together, count - done) }, (_, index) =>
        differenceOf(subject, subject.programOf(first + done + index, python), python),
      ),
    );
    const difference = found.find((one) => one !== undefined);
    if (difference !== undefined) return shrink(subject, difference, python);
  }
  return undefined;
}

/** The smallest program found that still shows a difference. */
async function shrink<Program>(
  subject: Subject<Program>,
  found: Difference<Program>,
  python: Python,
): Promise<Difference<Program>> {
  for (const program of subject.smaller(found.program)) {
    const difference = await differenceOf(subject, program, python);
    if (difference !== undefined) return shrink(subject, difference, python);
  }
  return found;
}

/** The lists that lack some neighbors of `list`: a half of it first, one element at last. */
export function* shorterLists<T>(list: readonly T[]): Generator<T[]> {
  for (let width = list.length; width >= 1; width = Math.floor(width / 2)) {
    for (let start = 0; start < list.length; start += width) {
      yield [...list.slice(0, start), ...list.slice(start + width)];
    }
  }
}

/** A difference for people to read. */
export function describeDifference<Program>(
  subject: Subject<Program>,
  { program, step, asyncio, aio }: Difference<Program>,
): string {
  const steps = subject.steps(program);
  return [
    subject.title(program),
    ...steps.map((text, index) => `${index === step ? ">" : " "} ${index}. ${text}`),
    `${"asyncio".padEnd(subject.name.length)}: ${asyncio}`,
    `${subject.name.padEnd("asyncio".length)}: ${aio}`,
  ].join("\n");
}
