import ts from "typescript";
import { type PackageName, type Texts, packageNames, root } from "./repository.ts";

/** An export of a package, and its declarations. */
export interface Exported {
  readonly name: string;
  readonly from: PackageName;
  readonly symbol: ts.Symbol;
  readonly declarations: readonly ts.Declaration[];
  /** Whether the package itself declares it, instead of re-exporting it from @aio/errors. */
  readonly isOwn: boolean;
}

/** The exports of all packages, as the TypeScript compiler sees them in the sources. */
export interface PublicApi {
  readonly checker: ts.TypeChecker;
  readonly exported: readonly Exported[];
}

// Cached, since parsing the libraries takes most of the time.
const libraries = new Map<string, ts.SourceFile>();

/** Read the packages' `src/index.ts`. `texts` replaces files on disk. */
export function publicApi(texts: Texts = new Map()): PublicApi {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    customConditions: ["@aio/source"],
    types: ["node"],
    typeRoots: [`${root}tools/checks/node_modules/@types`],
    strict: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options, true);
  const disk = { ...host };
  const given = (path: string) => texts.get(path.slice(root.length));
  host.fileExists = (path) => given(path) !== undefined || disk.fileExists(path);
  host.readFile = (path) => given(path) ?? disk.readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = given(path);
    if (text !== undefined) return ts.createSourceFile(path, text, version, true);
    const isOurs = path.startsWith(`${root}packages/`) && !path.includes("node_modules");
    const source = libraries.get(path) ?? disk.getSourceFile(path, version, ...rest);
    if (source !== undefined && !isOurs) libraries.set(path, source);
    return source;
  };
  const indexes = packageNames.map((name) => `${root}packages/${name}/src/index.ts`);
  const program = ts.createProgram(indexes, options, host);
  const checker = program.getTypeChecker();
  const exported = packageNames.flatMap((from) => {
    const source = program.getSourceFile(`${root}packages/${from}/src/index.ts`);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
    return symbols.map((alias) => {
      const isAlias = (alias.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(alias) : alias;
      const declarations = symbol.declarations ?? [];
      const home = `${root}packages/${from}/`;
      const isOwn = declarations.some((node) => node.getSourceFile().fileName.startsWith(home));
      return { name: alias.name, from, symbol, declarations, isOwn };
    });
  });
  return { checker, exported };
}

/** The place of a declaration: its file, relative to the root, and the line of its name. */
export function placeOf(node: ts.Node): { file: string; line: number } {
  const source = node.getSourceFile();
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  return { file: source.fileName.slice(root.length), line };
}

/** The instance type of a class, or the type of an interface. */
export function instanceTypeOf({ checker }: PublicApi, { symbol }: Exported): ts.Type | undefined {
  const isType = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
  return isType === 0 ? undefined : checker.getDeclaredTypeOfSymbol(symbol);
}

/** The type of an export as a value: a function, a class's constructor, a constant. */
export function valueTypeOf({ checker }: PublicApi, { symbol }: Exported): ts.Type | undefined {
  return (symbol.flags & ts.SymbolFlags.Value) === 0 ? undefined : checker.getTypeOfSymbol(symbol);
}
