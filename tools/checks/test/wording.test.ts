import { describe, expect, test } from "vitest";
import { assertNone } from "../src/problem.ts";
import { textsOf } from "../src/repository.ts";
import { leftovers, phrases, wordingProblems } from "../src/wording.ts";

const texts = textsOf(/(?:\.(?:[cm]?[jt]s|jsonc?|md|ya?ml|py|sh)|run)$/);

describe("the repository's files", () => {
  test("contain no reminders and no traces of one machine", () => {
    assertNone(wordingProblems(texts, leftovers));
  });

  test("read as a native writer would put it", () => {
    assertNone(wordingProblems(texts, phrases));
  });
});

const found = (text: string, wordings = phrases) =>
  wordingProblems(new Map([["packages/sync/src/a.ts", `\n${text}`]]), wordings);

describe("leftovers", () => {
  test.each([
    "// TODO later",
    "// FIXME",
    `cd ${["", "work", "main"].join("/")}`,
    '"/home/somebody/a"',
    "http://registry.packages.example/a",
    "http://10.0.0.1:4873/",
    'export * from "./lock.ts";',
    "  private held = false;",
  ])("refuse %s", (text) => {
    expect(found(text, leftovers)).toMatchObject([{ line: 2 }]);
  });

  test.each([
    "// TODO (#12): later",
    'const separator = "XXX";',
    "import './work/a.ts'",
    "http://127.0.0.1:4873/",
    "https://www.npmjs.com/package/a",
    "  private constructor() {}",
  ])("allow %j", (text) => {
    expect(found(text, leftovers)).toEqual([]);
  });
});

describe("phrases", () => {
  test.each([
    "served in the order in which he came",
    "who holds it and acquires it again waits",
    "If `signal` is no signal",
    "cannot be had before Node 22",
    "In its place, if the signal is one of AbortSignal.timeout",
    "Go on below TLS",
    "told to an `onError` of yours",
    "Nobody overtakes it",
    "ends by a time-out",
    "a pipe of the operating system",
    "the end of the turn of the event loop",
    "cannot be signalled",
  ])("refuse %s", (text) => {
    expect(found(text)).toHaveLength(1);
  });

  test.each([
    "There is no pending read",
    "the buffer is no longer than the limit",
    "for those who come from asyncio",
    "the lock that its holder releases",
    'user: "nobody"',
  ])("allow %s", (text) => {
    expect(found(text)).toEqual([]);
  });
});
