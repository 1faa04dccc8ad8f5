import type { Texts } from "./repository.ts";

/** A piece of TypeScript that a reader is shown and may paste. */
export interface Example {
  readonly file: string;
  /** Where its first line stands in that file. */
  readonly line: number;
  readonly code: string;
  /** Whether it runs: a block fenced with `ts no-run` is only type-checked. */
  readonly runs: boolean;
  /** Whether it is a program of its own, which has to end by itself. */
  readonly isProgram: boolean;
}

/** Everything in the files' folders of examples, READMEs and documentation comments. */
export function examplesIn(texts: Texts): Example[] {
  return [...texts].flatMap(([file, text]) => {
    if (/\/examples\/.*\.ts$/.test(file)) {
      return [{ file, line: 1, code: text, runs: true, isProgram: true }];
    }
    if (file.endsWith(".md")) return blocksOf(file, 1, text.split("\n"));
    return commentsOf(text).flatMap(({ line, lines }) => blocksOf(file, line, lines));
  });
}

/** The code as it runs: each line where it stands in its file, so that what is said of it fits. */
export function inPlace({ line, code }: Example): string {
  return "\n".repeat(line - 1) + code;
}

/** The innermost line of a module in an error's stack. */
export function lineIn(url: string, error: unknown): number | undefined {
  const [, place] = (error instanceof Error ? error.stack : undefined)?.split(`${url}:`) ?? [];
  return place === undefined ? undefined : Number.parseInt(place, 10);
}

function blocksOf(file: string, firstLine: number, lines: readonly string[]): Example[] {
  const examples: Example[] = [];
  let start: number | undefined;
  let info = "";
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence === null) continue;
    if (start === undefined) {
      start = index + 1;
      info = fence[1] ?? "";
      continue;
    }
    const [language = "", ...flags] = info.trim().split(/\s+/);
    if (/^(?:ts|typescript)$/.test(language)) {
      const code = lines.slice(start, index).join("\n");
      const runs = !flags.includes("no-run");
      examples.push({ file, line: firstLine + start, code, runs, isProgram: false });
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
