// Known failures by runtime, each with its reason. Any other failure fails the run.
//
// Most tests of `openPipe()` and `pipes: "os"` are not listed. Bun and Deno lack the descriptors for
// them, and `refused` in runtimes.ts recognizes the error.

export interface Known {
  readonly on: string;
  /** `streams/tls` is packages/streams/test/tls.test.ts. */
  readonly file: string;
  /** A part of the full title, suites included: `openPipe() > creates a pipe`. */
  readonly test: string;
  readonly because: string;
  readonly how: How;
}

/**
 * A test that `hangs`, or ends the run, does not run. One that fails `sometimes` depends on a race. An
 * error `outside` comes from a file, but from none of its tests: `test` is a part of its message.
 */
export type How = "fails" | "sometimes" | "hangs" | "outside";

/** The known failures of one runtime, and the functions that add to them. */
export function knownOn(on: string) {
  const list: Known[] = [];
  const adder =
    (how: How) =>
    (because: string, tests: Record<string, readonly string[]>): void => {
      for (const [file, titles] of Object.entries(tests)) {
        for (const test of titles) list.push({ on, file, test, because, how });
      }
    };
  return {
    list,
    fails: adder("fails"),
    failsSometimes: adder("sometimes"),
    hangs: adder("hangs"),
    failsOutside: adder("outside"),
  };
}
