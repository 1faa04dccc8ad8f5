import ts from "typescript";

/** A console call, and the output that the comment beside or below it states. */
export interface Expectation {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly text: string;
}

/** The output of one console call, and the line of the call. */
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

/** The comment on a call's last line, or the comment lines right below it. */
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
  /** The output in quotes, or the word nothing. */
  readonly printed: string;
}

/** Compare outputs with expectations, in which `…` matches anything on one line. */
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
    // A call in a loop may have a comment line for each iteration, or one for all.
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
