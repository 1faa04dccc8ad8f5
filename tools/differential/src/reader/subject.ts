import { StreamReader } from "@aio/streams";
import { type Subject, shorterLists } from "../comparison.ts";
import { type ReaderClass, interpret } from "./interpreter.ts";
import { type Operation, type Program, programOf } from "./program.ts";
import { type Step, linesOf } from "./trace.ts";

/** The reader of `@aio/streams`, or a test's replacement. */
export function readerSubject(use: ReaderClass = StreamReader): Subject<Program> {
  return {
    name: "@aio/streams",
    script: "reader/interpreter.py",
    programOf: (seed, { interpreter }) =>
      programOf(seed, { manySeparators: interpreter.version[1] >= 13 }),
    run: async (program) => linesOf(await interpret(program, use)),
    linesOf: (_program, answer) => linesOf(answer as Step[]),
    *smaller(program) {
      for (const operations of shorterLists(program.operations)) yield { ...program, operations };
      for (const [index, operation] of program.operations.entries()) {
        for (const smaller of smallerOperations(operation)) {
          yield { ...program, operations: program.operations.with(index, smaller) };
        }
      }
    },
    steps: ({ operations }) => [...operations.map(describe), "the end"],
    title: ({ seed, mode, limit }) => `Program ${seed}, in ${mode}, limit ${limit}`,
  };
}

function* smallerOperations(operation: Operation): Generator<Operation> {
  if (operation[0] !== "feed") return;
  for (const bytes of shorterLists(operation[1].split(""))) yield ["feed", bytes.join("")];
}

function describe(operation: Operation): string {
  if (operation[0] === "feed") return `feed ${JSON.stringify(operation[1])}`;
  if (operation[0] !== "call") return operation[0];
  const [, [name, argument], how] = operation;
  const text = argument === undefined ? "" : JSON.stringify(argument);
  return `${name}(${text})${how === "wait" ? "" : ` ${how}`}`;
}
