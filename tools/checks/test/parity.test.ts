import { describe, expect, test } from "vitest";
import type { AsyncioName, Difference } from "../src/asyncio-names.ts";
import { camelCase, flatNames, parityProblems, wordsOf } from "../src/parity.ts";
import { assertNone } from "../src/problem.ts";
import { publicApi } from "../src/public-api.ts";
import { pythonNames } from "../src/python-names.ts";
import { packageNames } from "../src/repository.ts";

describe("the packages' exports", () => {
  test("have asyncio's names, folded to camelCase", () => {
    assertNone(parityProblems(publicApi()));
  });
});

describe("the table of asyncio's names", () => {
  test("matches Python's asyncio", ({ skip }) => {
    const python = pythonNames();
    if ("lacking" in python) skip(python.lacking);
    const names = "names" in python ? python.names : [];
    const known = new Set(
      flatNames().flatMap(({ text, entry, kind, name }) => {
        const isOwn = kind === "attribute" && wordsOf(entry.ownAttributes).includes(name);
        return entry.module === "builtins" || isOwn ? [] : [text];
      }),
    );
    expect([...known].toSorted()).toEqual([...new Set(names)].toSorted());
  });
});

describe("camelCase()", () => {
  test.each([
    ["wait_for", "waitFor"],
    ["readuntil", "readuntil"],
    ["create_subprocess_exec", "createSubprocessExec"],
    ["n_waiting", "nWaiting"],
    ["StreamReader", "StreamReader"],
    ["PIPE", "PIPE"],
  ])("turns %s into %s", (python, here) => {
    expect(camelCase(python)).toBe(here);
  });
});

const table: readonly AsyncioName[] = [
  {
    name: "Barrier",
    module: "asyncio",
    in: "sync",
    parameters: "parties",
    methods: "wait_for(predicate) reset()",
    attributes: "n_waiting",
  },
  { name: "open_it", module: "asyncio", in: "sync", parameters: "host local_addr" },
];

function problemsOf(source: string, differences: readonly Difference[] = []): string[] {
  const empty = packageNames.map(
    (name) => [`packages/${name}/src/index.ts`, "export {};"] as const,
  );
  const texts = new Map<string, string>([...empty, ["packages/sync/src/index.ts", source]]);
  const problems = parityProblems(publicApi(texts), flatNames(table), differences);
  return problems.map(({ what }) => what);
}

const whole = `
export class Barrier {
  constructor(parties: number) {}
  get nWaiting() { return 0; }
  waitFor(predicate: () => void) {}
  reset() {}
}
export interface OpenOptions { localAddr?: string }
export function openIt(host: string, options?: OpenOptions) {}
`;

describe("parityProblems()", () => {
  test("finds every name, including options", () => {
    expect(problemsOf(whole)).toEqual([]);
  });

  test("accepts any name for a positional parameter", () => {
    expect(problemsOf(whole.replace("predicate", "test"))).toEqual([]);
  });

  test("reports missing names, and a method in place of an attribute", () => {
    const wrong = whole
      .replace("parties: number", "")
      .replace("get nWaiting", "nWaiting")
      .replace("predicate: () => void", "options: object")
      .replace("reset()", "#reset()")
      .replace("localAddr", "localAddress");
    expect(problemsOf(wrong)).toEqual([
      "asyncio's Barrier(parties) is missing as parties",
      "asyncio's Barrier.wait_for(predicate) is missing as predicate",
      "asyncio's Barrier.reset() is missing as reset",
      "asyncio's Barrier.n_waiting is missing as nWaiting",
      "asyncio's open_it(local_addr) is missing as localAddr",
    ]);
  });

  test("accepts the name that a difference gives, or its absence", () => {
    const differences = [
      { names: /\(local_addr\)$/, here: "localAddress", why: "" },
      { names: /\.reset\(\)$/, why: "" },
    ];
    const other = whole
      .replace("reset()", "")
      .replace("localAddr", "localAddress")
      .replace("{}\n}", "}");
    expect(problemsOf(other, differences)).toEqual([]);
  });

  test("finds stale differences", () => {
    const differences = [
      { names: /\.reset\(\)$/, why: "" },
      { names: /never/, why: "" },
    ];
    expect(problemsOf(whole, differences)).toEqual([
      "Barrier.reset() exists, but the table of differences leaves it out",
      "no name matches /never/",
    ]);
  });
});
