import { type Subject, shorterLists } from "../comparison.ts";
import { type Classes, classes, interpret } from "./interpreter.ts";
import { type Operation, type Program, programOf } from "./program.ts";
import { type Batch, linesOf } from "./trace.ts";

/** The primitives of `@aio/sync`, or a test's replacements. */
export function syncSubject(use: Classes = classes): Subject<Program> {
  return {
    name: "@aio/sync",
    script: "sync/interpreter.py",
    programOf,
    run: async (program) => linesOf(program, await interpret(program, use)),
    linesOf: (program, answer) => linesOf(program, answer as Batch[]),
    *smaller(program) {
      for (const kept of shorterLists(flat(program))) {
        yield { ...program, batches: batched(kept) };
      }
    },
    steps: ({ batches, things }) =>
      batches.map((operations) =>
        operations
          .map(
            ([task, name, thing, number]) =>
              `task ${task}: ${name} ${things[thing]?.[0]} ${thing} (${number})`,
          )
          .join("; "),
      ),
    title: ({ seed, things }) => `Program ${seed}, things ${JSON.stringify(things)}`,
  };
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
