import { describe, expect, it } from "vitest";
import { mirrorProblems } from "../src/mirrored.ts";
import { assertNone } from "../src/problem.ts";
import { textsOf } from "../src/repository.ts";

const sources = textsOf(/^packages\/.*\.ts$/);

describe("the files that stand in @aio/streams and @aio/subprocess", () => {
  it("are the same to the byte", () => {
    assertNone(mirrorProblems(sources));
  });
});

const head = "// Kept byte for byte in @aio/streams and @aio/subprocess.\n";
const [inStreams, inSubprocess] = ["packages/streams/src/r.ts", "packages/subprocess/src/r.ts"];

describe("mirrorProblems()", () => {
  it("allows a pair of equal files, and files that are no pair", () => {
    const texts = [
      [inStreams, head],
      [inSubprocess, head],
      ["packages/streams/src/a.ts", "a"],
      ["packages/subprocess/src/a.ts", "b"],
    ] as const;
    expect(mirrorProblems(new Map(texts))).toEqual([]);
  });

  it("shows where a pair differs and how to copy", () => {
    const problems = mirrorProblems(
      new Map([
        [inStreams, `${head}a\nb\n`],
        [inSubprocess, `${head}a\nc\n`],
      ]),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: inStreams, line: 3 });
    expect(problems[0]?.cure).toContain(`cp ${inStreams} ${inSubprocess}`);
  });

  it.each([
    ["differs in its first line", "a"],
    ["is longer", `${head}a`],
  ])("finds a twin that %s", (_, text) => {
    const texts = [
      [inStreams, text],
      [inSubprocess, head],
    ] as const;
    expect(mirrorProblems(new Map(texts))).toHaveLength(1);
  });

  it("finds a file whose twin is not there", () => {
    const problems = mirrorProblems(new Map([[inSubprocess, head]]));
    expect(problems[0]).toMatchObject({ cure: `cp ${inSubprocess} ${inStreams}` });
  });
});
