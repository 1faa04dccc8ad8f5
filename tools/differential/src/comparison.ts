import type { Python } from "./python.ts";

/** A kind of program that runs on both sides: over asyncio in a Python process, and here. */
export interface Subject<Program> {
  /** The name shown beside "asyncio" in a difference. */
  readonly name: string;
  /** The script in `python/` that runs such programs over asyncio, one JSON document a line. */
  readonly script: string;
  /** The program for a seed, the same on every machine. */
  programOf(seed: number, python: Python): Program;
  /** Run a program here, and return one line for each step. */
  run(program: Program): Promise<readonly string[]>;
  /** The Python script's answer as lines, equal to those of `run` if both sides agree. */
  linesOf(program: Program, answer: unknown): readonly string[];
  /** Smaller programs that may show the same difference, the smallest first. */
  smaller(program: Program): Iterable<Program>;
  /** The steps of a program in readable form, one for each line. */
  steps(program: Program): readonly string[];
  /** The heading of a program. */
  title(program: Program): string;
}

/** The first step of a program on which the two sides disagree. */
export interface Difference<Program> {
  readonly program: Program;
  readonly step: number;
  readonly asyncio: string;
  readonly aio: string;
}

/** Run `program` on both sides, and return `undefined` if they agree. */
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

/** The first difference that the programs of these seeds show, shrunk. */
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

/** Find a smaller program that still shows a difference, until there is none. */
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

/** Copies of `list` without some adjacent elements: all of them first, then half, ... down to one. */
export function* shorterLists<T>(list: readonly T[]): Generator<T[]> {
  for (let width = list.length; width >= 1; width = Math.floor(width / 2)) {
    for (let start = 0; start < list.length; start += width) {
      yield [...list.slice(0, start), ...list.slice(start + width)];
    }
  }
}

/** A difference in readable form. */
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
