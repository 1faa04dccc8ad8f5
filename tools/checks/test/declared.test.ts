import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { declarationProblems, declarations, declaredValues } from "../src/declared.ts";
import { assertNone } from "../src/problem.ts";
import { root } from "../src/repository.ts";

describe("the published declarations", () => {
  const values = declaredValues(declarations.map((file) => join(root, file)));

  test.each(declarations)(
    "of %s declare exactly the values that the module exports",
    async (file) => {
      const build = join(root, file.replace(/\.d\.(c?)ts$/, ".$1js"));
      const module = (await import(pathToFileURL(build).href)) as object;
      const exported = Object.keys(module).filter(
        (name) => !["default", "__esModule", "module.exports"].includes(name),
      );
      assertNone(declarationProblems(file, values.get(join(root, file)) ?? [], exported));
    },
  );
});

describe("declaredValues()", () => {
  test("recognizes types by their exports and their declarations", () => {
    const folder = mkdtempSync(join(tmpdir(), "aio-declared-"));
    const file = join(folder, "index.d.ts");
    const text = `
      declare const Both: { new (): Both };
      interface Both {}
      declare class Value {}
      interface Type {}
      declare class Hidden {}
      declare function call(): void;
      export { Both, type Hidden, Type, Value as Renamed, call };
      export type { Value };
    `;
    try {
      writeFileSync(file, text);
      expect(declaredValues([file]).get(file)).toEqual(["Both", "Renamed", "call"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("declarationProblems()", () => {
  test("finds what is missing on either side", () => {
    const problems = declarationProblems("a.d.ts", ["a", "b"], ["b", "c"]);
    expect(problems.map(({ what }) => what)).toEqual([
      "declares the value a, which does not exist",
      "does not declare c",
    ]);
  });
});
