import { afterAll, beforeAll, describe } from "vitest";
import type { Subject } from "../src/comparison.ts";
import { type Interpreter, Python, findPython } from "../src/python.ts";

/**
 * Whether to compare everything with every version of CPython. If so, a missing version fails the run;
 * otherwise its tests are skipped with a message.
 */
export const isFull: boolean = process.env["AIO_FULL"] === "1";

/**
 * Tests that compare with a CPython.
 *
 * @param wanted - The version, as `findPython` takes it.
 */
export function describeFor(
  title: string,
  wanted: string,
  tests: (interpreter: () => Interpreter) => void,
): void {
  const interpreter = findPython(wanted);
  if (interpreter === undefined && !isFull) {
    console.warn(`No CPython ${wanted} is installed or named by AIO_PYTHON: skipping "${title}"`);
  }
  describe.runIf(interpreter !== undefined || isFull)(title, () => {
    tests(() => {
      if (interpreter === undefined) throw new Error(`Cannot compare: no CPython ${wanted}`);
      return interpreter;
    });
  });
}

/** Like {@link describeFor}, for tests of one subject, which share a Python process. */
export function describeWithPython(
  title: string,
  wanted: string,
  { script }: Pick<Subject<unknown>, "script">,
  tests: (python: () => Python) => void,
): void {
  describeFor(title, wanted, (interpreter) => {
    let python: Python;
    beforeAll(() => {
      python = new Python(interpreter(), script);
    });
    afterAll(() => python[Symbol.dispose]());
    tests(() => python);
  });
}
