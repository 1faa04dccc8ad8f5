import ts from "typescript";

/** A call of the console and what the comment beside or below it says that it prints. */
export interface Expectation {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly text: string;
}

/** What one call of the console printed, and the line of the call. */
export interface Output {
  readonly line: number;
  readonly text: string;
}

/** The expectations in a file: `console.log(x) // expected`, or the comment lines that follow. */
export function expectationsIn(code: string): Expectation[] {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ESNext, true);
  const lines = code.split("\n");
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: Expectation[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isPrinting(node.expression)) {
      const last = lineOf(node.getEnd());
      const text = commentAfter(lines, last, code.slice(0, node.getEnd()).split("\n").at(-1) ?? "");
      if (text !== undefined) {
        found.push({ firstLine: lineOf(node.getStart()) + 1, lastLine: last + 1, text });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isPrinting(callee: ts.Expression): boolean {
  return /^console\s*\.\s*(?:log|info|warn|error)$/.test(callee.getText());
}

/** The comment on the line of a call's end, or else those that fill the lines right below. */
function commentAfter(lines: readonly string[], last: number, before: string): string | undefined {
  const beside = /^[);,}\s]*\/\/ ?(.*)$/.exec((lines[last] ?? "").slice(before.length));
  if (beside !== null) return beside[1];
  const below: string[] = [];
  for (const line of lines.slice(last + 1)) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line);
    if (comment === null) break;
    below.push(comment[1] ?? "");
  }
  return below.length === 0 ? undefined : below.join("\n");
}

/** An expectation that was not met. */
export interface Mismatch {
  readonly line: number;
  readonly expected: string;
  /** In quotes, or the word nothing. */
  readonly printed: string;
}

/** Compare what was printed. `…` in an expectation stands for anything, on one line. */
export function mismatches(
  expectations: readonly Expectation[],
  outputs: readonly Output[],
): Mismatch[] {
  const printed = new Map<Expectation, string[]>();
  for (const { line, text } of outputs) {
    const around = expectations
      .filter(({ firstLine, lastLine }) => firstLine <= line && line <= lastLine)
      .toSorted((a, b) => a.lastLine - a.firstLine - (b.lastLine - b.firstLine))[0];
    if (around !== undefined) printed.set(around, [...(printed.get(around) ?? []), text]);
  }
  return expectations.flatMap((expectation) => {
    const texts = printed.get(expectation) ?? [];
    const pattern = patternOf(expectation.text);
    // A call in a loop has a comment for each turn, or one that holds for all.
    const everyTurn = texts.length > 0 && texts.every((text) => pattern.test(trimmed(text)));
    if (everyTurn || pattern.test(trimmed(texts.join("\n")))) return [];
    const { lastLine: line, text: expected } = expectation;
    return [
      {
        line,
        expected,
        printed: texts.length === 0 ? "nothing" : JSON.stringify(texts.join("\n")),
      },
    ];
  });
}

function patternOf(expected: string): RegExp {
  const parts = trimmed(expected)
    .split("…")
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`);
}

function trimmed(text: string): string {
  return text.replaceAll(/[ \t]+$/gm, "").trimEnd();
}
