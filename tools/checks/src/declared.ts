import { join } from "node:path";
import ts from "typescript";
import type { Problem } from "./problem.ts";
import { packageNames, root } from "./repository.ts";

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  noEmit: true,
  skipLibCheck: true,
  typeRoots: [join(root, "tools/checks/node_modules/@types")],
  types: ["node"],
};

/** The names that each declaration file exports as values, not only as types. */
export function declaredValues(files: readonly string[]): Map<string, string[]> {
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  return new Map(
    files.map((file) => {
      const source = program.getSourceFile(file);
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`Cannot read ${file}: it exports nothing`);
      const values = checker.getExportsOfModule(module).filter((symbol) => {
        const { declarations: exports = [], flags } = symbol;
        const isType = exports.some(
          (each) => ts.isExportSpecifier(each) && ts.isTypeOnlyExportDeclaration(each),
        );
        const isAlias = (flags & ts.SymbolFlags.Alias) !== 0;
        const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
        return !isType && (target.flags & ts.SymbolFlags.Value) !== 0;
      });
      return [file, values.map(({ name }) => name)];
    }),
  );
}

/** Values that a build declares but does not export, or exports but does not declare. */
export function declarationProblems(
  file: string,
  declared: readonly string[],
  exported: readonly string[],
): Problem[] {
  const missing = declared.filter((name) => !exported.includes(name));
  const hidden = exported.filter((name) => !declared.includes(name));
  const cure = "see tools/tsup/declarations.ts, which compares the two at each build";
  return [
    ...missing.map((name) => ({
      file,
      what: `declares the value ${name}, which does not exist`,
      cure,
    })),
    ...hidden.map((name) => ({ file, what: `does not declare ${name}`, cure })),
  ];
}

/** The published declaration files, by their path from the root. */
export const declarations: readonly string[] = packageNames.flatMap((name) => [
  `packages/${name}/dist/index.d.ts`,
  `packages/${name}/dist/index.d.cts`,
]);
