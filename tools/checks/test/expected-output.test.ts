import { describe, expect, test } from "vitest";
import { expectationsIn, mismatches } from "../src/expected-output.ts";

describe("expectationsIn()", () => {
  test.each([
    ["beside the call", "console.log(1); // one", "one"],
    ["below it", "console.log(1);\n// one\n//   two\nf();", "one\n  two"],
    ["after the end of a callback", "p.then((x) => console.log(x)); // one", "one"],
    ["after a multi-line call", "console.log(\n  1,\n); // one", "one"],
    ["of an error", "console.error(1); // one", "one"],
  ])("finds the comment %s", (_, code, text) => {
    expect(expectationsIn(code)).toMatchObject([{ text }]);
  });

  test.each([
    ["after an empty line", "console.log(1);\n\n// next"],
    ["of another call", "f(1); // one"],
    ["in a string", 'console.log("// one");'],
  ])("ignores a comment %s", (_, code) => {
    expect(expectationsIn(code)).toEqual([]);
  });
});

const on = (text: string) => [{ firstLine: 2, lastLine: 2, text }];
const printed = (...texts: string[]) => texts.map((text) => ({ line: 2, text }));

describe("mismatches()", () => {
  test.each([
    ["the same text", "a b", ["a b"]],
    ["a line for each iteration", "a\nb", ["a", "b"]],
    ["one line for all iterations", "a", ["a", "a"]],
    ["anything in place of …", "<Process …>", ["<Process 4711>"]],
    ["special characters as they are", "f(x)? [1]", ["f(x)? [1]"]],
  ])("allows %s", (_, expected, texts) => {
    expect(mismatches(on(expected), printed(...texts))).toEqual([]);
  });

  test.each([
    ["another text", "a", ["b"]],
    ["an iteration too many", "a\nb", ["a", "b", "c"]],
    ["a longer text", "a", ["a b"]],
    ["no output", "a", []],
    ["a line break in place of …", "a…c", ["a\nc"]],
  ])("finds %s", (_, expected, texts) => {
    expect(mismatches(on(expected), printed(...texts))).toMatchObject([{ line: 2, expected }]);
  });
});
