import { type Classes, interpret } from "./interpreter.ts";
import type { Operation, Program } from "./program.ts";
import type { Python } from "./python.ts";
import { linesOf } from "./trace.ts";

/** Where the two first disagree about a program. */
export interface Difference {
  readonly program: Program;
  readonly batch: number;
  readonly asyncio: string;
  readonly aio: string;
}

/** Run `program` on both sides. `undefined` if they agree. */
export async function differenceOf(
  program: Program,
  python: Python,
  use?: Classes,
): Promise<Difference | undefined> {
  const [theirs, ours] = await Promise.all([python.run(program), interpret(program, use)]);
  const expected = linesOf(program, theirs);
  const actual = linesOf(program, ours);
  const batch = expected.findIndex((line, index) => line !== actual[index]);
  if (batch === -1) return undefined;
  return { program, batch, asyncio: expected[batch] ?? "", aio: actual[batch] ?? "" };
}

/** The smallest program found that still shows a difference, by leaving out what can be left out. */
export async function shrink(
  found: Difference,
  python: Python,
  use?: Classes,
): Promise<Difference> {
  let best: Difference = found;
  for (let width = flat(best.program).length; width >= 1;) {
    const smaller = await shrinkBy(width, best, python, use);
    if (smaller === undefined) width = Math.floor(width / 2);
    else best = smaller;
  }
  return best;
}

async function shrinkBy(
  width: number,
  best: Difference,
  python: Python,
  use: Classes | undefined,
): Promise<Difference | undefined> {
  const operations = flat(best.program);
  for (let start = 0; start < operations.length; start += width) {
    const kept = operations.filter((_, index) => index < start || index >= start + width);
    const difference = await differenceOf({ ...best.program, batches: batched(kept) }, python, use);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

type Placed = readonly [batch: number, operation: Operation];

function flat(program: Program): Placed[] {
  return program.batches.flatMap((batch, index) =>
    batch.map((operation): Placed => [index, operation]),
  );
}

function batched(operations: readonly Placed[]): Operation[][] {
  const batches = new Map<number, Operation[]>();
  for (const [batch, operation] of operations) {
    batches.set(batch, [...(batches.get(batch) ?? []), operation]);
  }
  return [...batches.values()];
}

/** A difference for people to read. */
export function describeDifference({ program, batch, asyncio, aio }: Difference): string {
  const steps = program.batches.map((operations, index) => {
    const texts = operations.map(
      ([task, name, thing, number]) =>
        `task ${task}: ${name} ${program.things[thing]?.[0]} ${thing} (${number})`,
    );
    return `${index === batch ? ">" : " "} ${index}. ${texts.join("; ")}`;
  });
  return [
    `Program ${program.seed}, things ${JSON.stringify(program.things)}`,
    ...steps,
    `asyncio:   ${asyncio}`,
    `@aio/sync: ${aio}`,
  ].join("\n");
}
