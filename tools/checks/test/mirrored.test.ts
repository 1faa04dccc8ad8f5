import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mirrorProblems, mirrored } from "../src/mirrored.ts";
import { assertNone } from "../src/problem.ts";
import { manifestOf } from "../src/repository.ts";

describe("the byte reader of @aio/streams", () => {
  test("is the same in @aio/subprocess, byte for byte", () => {
    assertNone(mirrorProblems(mirrored.owner, mirrored.copy));
  });
});

describe("mirrorProblems()", () => {
  let folder: string;
  let copy: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aio-mirror-"));
    copy = join(folder, "copy");
    cpSync(mirrored.owner, copy, { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test("finds nothing in an exact copy", () => {
    expect(mirrorProblems(mirrored.owner, copy)).toEqual([]);
  });

  test.each([
    ["an edited file", (file: string) => writeFileSync(file, "edited")],
    ["a missing file", (file: string) => rmSync(file)],
    ["an added file", (file: string) => writeFileSync(`${file}.ts`, "")],
  ])("shows %s, and names the command to run", (_, change) => {
    change(join(copy, "stream-reader.ts"));
    const [problem] = mirrorProblems(mirrored.owner, copy);
    expect(problem?.what).toContain("stream-reader.ts");
    expect(problem?.cure).toContain("pnpm mirror");
    expect(manifestOf(".")["scripts"]).toHaveProperty("mirror");
  });
});
