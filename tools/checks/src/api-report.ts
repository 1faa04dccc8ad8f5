import ts from "typescript";
import type { Problem } from "./problem.ts";
import { type PackageName, textOf } from "./repository.ts";

/** The file that keeps a package's public declarations for review. */
export function reportFile(name: PackageName): string {
  return `packages/${name}/api.d.ts`;
}

/**
 * Declarations without comments, sorted by name, so that moving code between files changes nothing.
 */
export function withoutComments(declarations: string): string {
  const source = ts.createSourceFile("index.d.ts", declarations, ts.ScriptTarget.ESNext);
  const printer = ts.createPrinter({ removeComments: true });
  const references = declarations.match(/^\/\/\/ .*$/gm) ?? [];
  const statements = source.statements.map((statement) => ({
    key: sortKey(statement),
    text: printer.printNode(ts.EmitHint.Unspecified, statement, source),
  }));
  const sorted = statements.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  return [...references, ...sorted.map(({ text }) => text), ""].join("\n");
}

/** Sorts imports first, exports last, and everything else by name, ignoring case. */
function sortKey(statement: ts.Statement): string {
  if (ts.isImportDeclaration(statement)) return "0";
  if (ts.isExportDeclaration(statement)) return "2";
  const declaration = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations[0]
    : (statement as ts.DeclarationStatement);
  const name = declaration?.name;
  return `1 ${name !== undefined && ts.isIdentifier(name) ? name.text.toLowerCase() : ""}`;
}

/** The report for the built declarations. */
export function apiReport(name: PackageName): string {
  return withoutComments(textOf(`packages/${name}/dist/index.d.ts`));
}

/** The first difference between a stored report and the built declarations. */
export function reportProblems(file: string, kept: string, report: string): Problem[] {
  if (kept === report) return [];
  const [now, then] = [report.split("\n"), kept.split("\n")];
  const line = now.findIndex((text, index) => text !== then[index]) + 1;
  const what = `the built declarations differ: ${now[line - 1]?.trim() ?? "nothing"}`;
  return [{ file, line, what, cure: "run pnpm api, and review the difference" }];
}
