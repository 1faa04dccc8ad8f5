import { cpythonTests } from "./cpython-tests.ts";
import type { Problem } from "./problem.ts";
import type { Texts } from "./repository.ts";

/** A comment that names a CPython test. */
interface Twin {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly isExcused: boolean;
}

/** The numbers of ported and excused tests of one CPython file. */
export interface Tally {
  readonly suite: string;
  readonly ported: number;
  readonly excused: number;
}

const howTo =
  "write `// test_locks.LockTests.test_x` above a test, or `// excused test_locks.LockTests.test_x: why`";

/** Compare the comments in the tests with CPython's list. */
export function compareTwins(
  texts: Texts,
  tests = cpythonTests,
): { readonly problems: readonly Problem[]; readonly tallies: readonly Tally[] } {
  const problems: Problem[] = [];
  const twins: Twin[] = [];
  for (const [file, text] of texts)
    twins.push(...twinsIn(file, text, Object.keys(tests), problems));

  const known = new Set<string>();
  for (const [suite, classes] of Object.entries(tests)) {
    for (const [owner, words] of Object.entries(classes)) {
      for (const name of words.trim().split(/\s+/)) known.add(`${suite}.${owner}.${name}`);
    }
  }
  const ported = new Set<string>();
  const excused = new Map<string, Twin>();
  for (const twin of twins) {
    const { file, line, name, isExcused } = twin;
    if (!known.has(name)) {
      const last = name.split(".").at(-1);
      const same = [...known].filter((other) => other.endsWith(`.${last}`));
      const cure = same.length > 0 ? `use ${same.join(" or ")}` : "correct its name";
      problems.push({ file, line, what: `CPython has no test ${name}`, cure });
    } else if (isExcused) excused.set(name, twin);
    else ported.add(name);
  }
  for (const [name, { file, line }] of excused) {
    if (!ported.has(name)) continue;
    problems.push({ file, line, what: `${name} is ported and excused`, cure: "delete one" });
  }
  const tallies = Object.keys(tests).map((suite) => {
    const names = [...known].filter((name) => name.startsWith(`${suite}.`));
    const open = names.filter((name) => !ported.has(name) && !excused.has(name));
    for (const name of open) {
      const file = "tools/checks/src/cpython-tests.ts";
      problems.push({ file, what: `${name} is neither ported nor excused`, cure: howTo });
    }
    return {
      suite,
      ported: names.filter((name) => ported.has(name)).length,
      excused: names.filter((name) => excused.has(name)).length,
    };
  });
  return { problems, tallies };
}

function twinsIn(
  file: string,
  text: string,
  suites: readonly string[],
  problems: Problem[],
): Twin[] {
  const lines = text.split("\n");
  const mention = new RegExp(String.raw`^\s*//.*\b(?:${suites.join("|")})\.\w`);
  return lines.flatMap((content, index) => {
    if (!mention.test(content)) return [];
    const line = index + 1;
    const [, excuse, name, reason] =
      /^\s*\/\/ (excused )?(test_\w+\.\w+\.test_\w+)(?:: (\S.*))?$/.exec(content) ?? [];
    if (name === undefined || (excuse !== undefined && reason === undefined)) {
      const what = excuse === undefined ? "names a test in the wrong form" : "gives no reason";
      problems.push({ file, line, what, cure: howTo });
      return [];
    }
    const isExcused = excuse !== undefined;
    const below = lines.slice(line).find((next) => !/^\s*\/\//.test(next)) ?? "";
    // A row of a table of tests also counts.
    if (!isExcused && !/^\s*(?:(?:it|test)\b|\[|\{)/.test(below)) {
      const cure = "move it right above the test";
      problems.push({ file, line, what: `${name} is not above a test`, cure });
    }
    return [{ file, line, name, isExcused }];
  });
}
