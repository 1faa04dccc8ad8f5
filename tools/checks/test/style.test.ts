import { describe, expect, it } from "vitest";
import { assertNone } from "../src/problem.ts";
import { packageNames, textsOf } from "../src/repository.ts";
import { commentShare, fileProblems, lineProblems, syntaxProblems } from "../src/style.ts";

const texts = textsOf(/(?:\.(?:[cm]?[jt]s|jsonc?|md|ya?ml|py|sh)|run)$/);

describe("the repository's files", () => {
  it("are short, and named for what they hold", () => {
    assertNone(fileProblems(texts));
  });

  it("keep to the forms of TypeScript that are used here", () => {
    assertNone(syntaxProblems(texts));
  });

  it("leave nothing behind and name no machine", () => {
    assertNone(lineProblems(texts));
  });

  it.each(
    packageNames.map((name) => {
      const own = [...texts].filter(([file]) => file.startsWith(`packages/${name}/src/`));
      return { name, percent: (100 * commentShare(new Map(own))).toFixed(1) };
    }),
  )("of @aio/$name are notes in $percent % of their lines, where 2 to 8 is good", () => {});
});

const one = (file: string, text: string) => new Map([[file, text]]);
const lines = (count: number) => "a;\n".repeat(count);

describe("fileProblems()", () => {
  it.each([
    ["packages/sync/src/wait-queue.ts", lines(250)],
    ["packages/sync/src/lock.ts", `/**\n${" * Documentation.\n".repeat(100)} */\n${lines(250)}`],
    ["packages/sync/test/wait-queue.test.ts", lines(400)],
    ["packages/sync/README.md", lines(1000)],
    ["tools/tsup/tsup.config.ts", ""],
  ])("allows %s", (file, text) => {
    expect(fileProblems(one(file, text))).toEqual([]);
  });

  it.each([
    ["packages/sync/src/wait-queue.ts", lines(251)],
    ["packages/sync/test/wait-queue.test.ts", lines(401)],
    ["packages/sync/src/waitQueue.ts", ""],
    ["packages/sync/src/wait_queue.ts", ""],
    ["packages/sync/src/utils/a.ts", ""],
    ["packages/sync/src/types/index.ts", ""],
  ])("refuses %s", (file, text) => {
    expect(fileProblems(one(file, text))).toMatchObject([{ file }]);
  });
});

describe("syntaxProblems()", () => {
  it.each([
    'export * from "./a.ts";',
    "export default 1;",
    "export default class A {}",
    "enum A { B }",
    "namespace A {}",
    "class A { private b = 1; }",
    "class A { constructor(private b: number) {} }",
    "class A { _b() {} }",
    "@a class A {}",
  ])("refuses %s", (text) => {
    const problems = syntaxProblems(one("packages/sync/src/a.ts", `\n${text}`));
    expect(problems).toMatchObject([{ line: 2 }]);
  });

  it.each([
    'export { a } from "./a.ts";',
    "class A { #b = 1; }",
    "class A { private constructor() {} }",
    "const _ = 1; function f(_a: number) {}",
    "declare global {}",
    "// export default 1;",
  ])("allows %s", (text) => {
    expect(syntaxProblems(one("packages/sync/src/a.ts", text))).toEqual([]);
  });

  it("allows a tool its default export", () => {
    expect(syntaxProblems(one("tools/tsup/tsup.config.ts", "export default 1;"))).toEqual([]);
  });
});

describe("lineProblems()", () => {
  it.each([
    "// TODO later",
    "// FIXME",
    `cd ${["", "work", "main"].join("/")}`,
    '"/home/somebody/a"',
    "http://registry.packages.example/a",
    "http://10.0.0.1:4873/",
    'it.only("a", () => {});',
    'describe.skip("a", () => {});',
    'it.fails("a", () => {});',
  ])("refuses %s", (text) => {
    expect(lineProblems(one("a.test.ts", `a;\n${text}`))).toMatchObject([{ line: 2 }]);
  });

  it.each([
    "// TODO (#12): later",
    'const separator = "XXX";',
    "import './work/a.ts'",
    "http://127.0.0.1:4873/",
    "https://www.npmjs.com/package/a",
    '// Windows has none.\nit.skip("a", () => {});',
    'skip("no Python");',
  ])("allows %j", (text) => {
    expect(lineProblems(one("a.test.ts", text))).toEqual([]);
  });
});

describe("commentShare()", () => {
  it("counts notes and not documentation", () => {
    expect(commentShare(one("a.ts", "/** A. */\n// b\na;\n  // c\n"))).toBe(0.5);
  });
});
