import { describe, expect, test } from "vitest";
import { documentationProblems } from "../src/documentation.ts";
import { originals } from "../src/parity.ts";
import { assertNone } from "../src/problem.ts";
import { publicApi } from "../src/public-api.ts";
import { packageNames } from "../src/repository.ts";

describe("the packages' exports", () => {
  test("are documented where they are declared", () => {
    assertNone(documentationProblems(publicApi(), originals()));
  });
});

const fence = "```";

/** A package that satisfies every rule. */
const right = `
/** What a call takes. */
export interface WaitOptions {
  /**
   * Ends the wait.
   *
   * @defaultValue undefined
   */
  readonly signal?: AbortSignal | undefined;
}

/** Where it is. It is a record. */
export interface Place {
  readonly line: number;
}

/** What can be called. */
export interface Callable {
  /** How often it was. */
  readonly count: number;
  /** Call it. */
  call(): void;
}

/**
 * A lock that lets one in at a time.
 *
 * More of it.
 *
 * @example Let one in
 * ${fence}ts
 * @decorator
 * new Lock();
 * ${fence}
 *
 * @see asyncio.Lock
 */
export class Lock {
  #hidden = 1;
  declare readonly name: string;

  /** Whether it is held. Never waits. */
  locked(): boolean {
    return this.#hidden > 0;
  }

  /**
   * Wait to be let in.
   *
   * @returns Nothing of use.
   * @throws {CancelledError} If \`signal\` aborts first; the lock is left as it was.
   * @throws {TimeoutError} Instead of CancelledError, if the signal came from a timeout.
   */
  async acquire(options?: WaitOptions): Promise<void> {}
}

/**
 * Derived.
 *
 * @example Title
 * ${fence}ts
 * ${fence}
 */
export class Derived extends Lock {
  override locked(): boolean {
    return true;
  }
}

/**
 * The signal of a call.
 *
 * @param options - What the call was given.
 * @example Take it
 * ${fence}ts
 * ${fence}
 */
export function signalOf(options: WaitOptions): AbortSignal | undefined {
  return options.signal;
}
`;

function problemsOf(source: string): string[] {
  const empty = packageNames.map(
    (name) => [`packages/${name}/src/index.ts`, "export {};"] as const,
  );
  const texts = new Map<string, string>([...empty, ["packages/sync/src/index.ts", source]]);
  const found = documentationProblems(publicApi(texts), new Map([["Lock", "asyncio.Lock"]]));
  for (const { line } of found) expect(line).toBeGreaterThan(0);
  return found.map(({ what }) => what);
}

describe("documentationProblems()", () => {
  test("finds nothing if everything is documented", () => {
    expect(problemsOf(right)).toEqual([]);
  });

  test("finds what is missing, each with its name", () => {
    const wrong = right
      .replace("/** What a call takes. */", "")
      .replace("   * @defaultValue undefined\n", "")
      .replace("A lock that lets one in at a time.", "A lock")
      .replace("@example Let one in", "@example")
      .replace("@see asyncio.Lock", "")
      .replace("/** How often it was. */", "")
      .replace("/** Call it. */", "")
      .replace("/** Whether it is held. Never waits. */", "")
      .replace("{CancelledError", "{Error")
      .replace("{TimeoutError", "{Error")
      .replace(`@param options - What the call was given.\n * @example Take it`, "@returns It.")
      .replace(
        `${fence}\n */\nexport function`,
        `${fence}\n * @param options\n */\nexport function`,
      );
    expect(problemsOf(wrong).toSorted()).toEqual([
      "Callable.call has no documentation",
      "Callable.count has no documentation",
      "Derived.locked has no documentation",
      "Lock does not say what it follows",
      "Lock.acquire does not say that a signal can time out",
      "Lock.acquire does not say what is true after an abort",
      "Lock.locked has no documentation",
      "WaitOptions has no documentation",
      "WaitOptions.signal does not say what its default is",
      "an @example of Lock has no title",
      "signalOf has no @example",
      "the summary of Lock is not a sentence",
      "the tags of signalOf are out of order",
    ]);
  });

  test("checks a base class that is not exported", () => {
    const reader = (comment: string) => `
class ByteReader {
  #bytes = 0;
  ${comment}
  read(): number {
    return this.#bytes;
  }
}
/**
 * Reads.
 *
 * @example Title
 * ${fence}ts
 * ${fence}
 */
export class Reader extends ByteReader {}
`;
    expect(problemsOf(reader("/** Takes what is there. */"))).toEqual([]);
    expect(problemsOf(reader(""))).toEqual(["Reader.read has no documentation"]);
  });

  test("lets the comment of a class say for all calls that a signal can time out", () => {
    const wrong = right.replace("   * @throws {TimeoutError} ", "   * ");
    expect(problemsOf(wrong)).toEqual(["Lock.acquire does not say that a signal can time out"]);
    expect(problemsOf(wrong.replace("More of it.", "A TimeoutError if it times out."))).toEqual([]);
  });

  test("checks each overload, and not their implementation", () => {
    const comment = (throws: string) => `/**
 * Opens it.
 *
 * ${throws}
 * @example Title
 * ${fence}ts
 * ${fence}
 */`;
    const whole = comment(`@throws {CancelledError} If \`signal\` aborts first; nothing is open.
 * @throws {TimeoutError} Instead of CancelledError, if the signal came from a timeout.`);
    const opening = (first: string, second: string, third: string) => `
interface Options {
  readonly signal?: AbortSignal;
}
${first}
export function open(options: Options): Promise<void>;
${second}
export function open(name: string, options?: Options): Promise<void>;
${third}
export function open(name: string): void;
export function open(): unknown {
  return undefined;
}
/** What opens. */
export interface Opener {
  /** Opens it. */
  open(name: string): void;
  ${first === "" ? "" : "/** Opens all. */"}
  open(): void;
}
`;
    const simple = comment("@throws {TypeError} If the name is empty.");
    expect(problemsOf(opening(whole, whole, simple))).toEqual([]);
    expect(problemsOf(opening("", whole, whole))).toEqual([
      "open has no documentation",
      "Opener.open has no documentation",
    ]);
    expect(problemsOf(opening(whole, simple, simple))).toEqual([
      "open does not say what is true after an abort",
      "open does not say that a signal can time out",
    ]);
  });

  test("requires the summary to be one sentence", () => {
    const wrong = right.replace("\n *\n * More of it.", " More of it.");
    expect(problemsOf(wrong)).toEqual(["the summary of Lock is more than a sentence"]);
  });

  test("requires TypeScript in an example", () => {
    const wrong = right.replace(`Take it\n * ${fence}ts`, `Take it\n * ${fence}js`);
    expect(problemsOf(wrong)).toEqual(["an @example of signalOf has no block of TypeScript"]);
  });
});
