import { describe, expect, test } from "vitest";
import { type Example, examplesIn, examplesOf } from "../src/examples.ts";
import { assertNone } from "../src/problem.ts";
import { Playground } from "../src/run-examples.ts";

describe("the examples of several packages, and of the root's README", { timeout: 120_000 }, () => {
  test("compile for a strict user, and print what their comments say", async () => {
    using playground = new Playground(examplesOf());
    assertNone(playground.typeProblems());
    assertNone(await playground.outputProblems());
  });
});

describe("examplesIn()", () => {
  const fence = "```";

  test("finds the blocks of a README with their lines", () => {
    const text = `# A\n\n${fence}ts\na\nb\n${fence}\n\n${fence}sh\nc\n${fence}\n${fence}ts\nd\n${fence}\n`;
    expect(examplesIn(new Map([["README.md", text]]))).toMatchObject([
      { line: 4, code: "a\nb", isProgram: false },
      { line: 12, code: "d" },
    ]);
  });

  test("finds the blocks of a documentation comment, without its stars", () => {
    const text = `a;\n  /**\n   * @example B\n   * ${fence}ts\n   * c\n   *   d\n   *\n   * ${fence}\n   */\n`;
    const examples = examplesIn(new Map([["packages/sync/src/a.ts", text]]));
    expect(examples).toMatchObject([{ line: 5, code: "c\n  d\n" }]);
  });

  test("takes a file in examples as a whole", () => {
    const [example] = examplesIn(new Map([["packages/sync/examples/a.ts", "a"]]));
    expect(example).toMatchObject({ line: 1, code: "a", isProgram: true });
  });
});

const example = (code: string, more: Partial<Example> = {}): Example => ({
  file: "README.md",
  line: 10,
  code,
  isProgram: false,
  ...more,
});

describe("Playground", () => {
  test("reports a type error with its line", () => {
    using playground = new Playground([example("\nconst text: string = 1;")]);
    const [problem, ...rest] = playground.typeProblems();
    expect(rest).toEqual([]);
    expect(problem).toMatchObject({ file: "README.md", line: 11 });
    expect(problem?.what).toContain("TS2322");
  });

  test.each([
    ["another output", "console.log(1 + 1); // 3", 10, 'prints "2" where the comment says "3"'],
    ["a missing output", "if (Date.now() < 0)\n  console.log(1); // 1", 11, "nothing"],
    ["an error", "\n\nthrow new TypeError('oh');", 12, "TypeError: oh"],
    ["an error after the end", "setTimeout(() => { throw 5 }); console.log(1) // 2", 10, "5"],
    [
      "a wait that never ends",
      "await new Promise(() => {});",
      10,
      "nothing keeps the process alive",
    ],
  ])("reports %s with its line", async (_, code, line, what) => {
    using playground = new Playground([example(code)]);
    const problems = await playground.outputProblems();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: "README.md", line });
    expect(problems[0]?.what).toContain(what);
  });

  test("loads the published files, not the sources", async () => {
    const code =
      "console.log(import.meta.resolve('@aio/errors')); // …/packages/errors/dist/index.js";
    using playground = new Playground([example(code)]);
    assertNone(await playground.outputProblems());
  });

  test("stops a block that leaves resources open once it has printed everything", async () => {
    using playground = new Playground([
      example("setInterval(() => {}, 1000);\nsetTimeout(() => console.log('late'), 20); // late"),
    ]);
    assertNone(await playground.outputProblems());
  });

  test("stops a block that fails with resources open", async () => {
    using playground = new Playground([
      example("setInterval(() => {}, 1000);\nthrow new Error();"),
    ]);
    const start = performance.now();
    expect(await playground.outputProblems()).toMatchObject([{ line: 11 }]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("has a certificate for localhost in the example's directory", async () => {
    const code = `import { readFileSync } from "node:fs";
      import { createSecureContext } from "node:tls";
      createSecureContext({ key: readFileSync("key.pem"), cert: readFileSync("cert.pem") });
      console.log("accepted"); // accepted`;
    using playground = new Playground([example(code)]);
    assertNone(await playground.outputProblems());
  });
});
