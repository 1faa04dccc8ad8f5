import { type PackageName, type Texts, textsOf } from "./repository.ts";

/** A piece of TypeScript in the documentation, which a reader may paste. */
export interface Example {
  readonly file: string;
  /** The number of its first line in that file. */
  readonly line: number;
  readonly code: string;
  /** Whether it is a complete program, which must exit by itself. */
  readonly isProgram: boolean;
}

const shown = /^(?:README\.md|packages\/[^/]+\/(?:README\.md|(?:src|examples)\/.*\.ts))$/;

/**
 * The examples of one package that use no other package but `@aio/errors`. Without a name, all
 * remaining examples.
 */
export function examplesOf(name?: PackageName): Example[] {
  return examplesIn(textsOf(shown)).filter(({ file, code }) => {
    const [, home] = /^packages\/(\w+)\//.exec(file) ?? [];
    const used = [...code.matchAll(/["']@aio\/(\w+)["']/g)].map(([, other]) => other);
    const isAlone = used.every((other) => other === home || other === "errors");
    return name === (isAlone ? home : undefined);
  });
}

/** All examples in READMEs, documentation comments and folders of examples. */
export function examplesIn(texts: Texts): Example[] {
  return [...texts].flatMap(([file, text]) => {
    if (/\/examples\/.*\.ts$/.test(file)) {
      return [{ file, line: 1, code: text, isProgram: true }];
    }
    if (file.endsWith(".md")) return blocksOf(file, 1, text.split("\n"));
    return commentsOf(text).flatMap(({ line, lines }) => blocksOf(file, line, lines));
  });
}

/** The code at the same line numbers as in its file, so that errors point to the right line. */
export function inPlace({ line, code }: Example): string {
  return "\n".repeat(line - 1) + code;
}

/** The innermost line of a module in an error's stack. */
export function lineIn(url: string, stack = ""): number | undefined {
  const [, place] = stack.split(`${url}:`);
  return place === undefined ? undefined : Number.parseInt(place, 10);
}

function blocksOf(file: string, firstLine: number, lines: readonly string[]): Example[] {
  const examples: Example[] = [];
  let start: number | undefined;
  let language = "";
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence === null) continue;
    if (start === undefined) {
      start = index + 1;
      language = fence[1]?.trim() ?? "";
      continue;
    }
    if (/^(?:ts|typescript)$/.test(language)) {
      const code = lines.slice(start, index).join("\n");
      examples.push({ file, line: firstLine + start, code, isProgram: false });
    }
    start = undefined;
  }
  return examples;
}

/** The documentation comments of a source file, without their stars. */
function commentsOf(text: string): { line: number; lines: string[] }[] {
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    lines: match[0].split("\n").map((line) => line.replace(/^\s*\/?\*+\/? ?/, "")),
  }));
}
