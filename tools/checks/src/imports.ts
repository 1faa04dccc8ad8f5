import { posix } from "node:path";
import ts from "typescript";
import type { Problem } from "./problem.ts";
import { type Texts, packageNames } from "./repository.ts";

interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Whether it is gone at run time. */
  readonly typeOnly: boolean;
}

interface Area {
  readonly files: RegExp;
  /** What may be imported besides files of the same package. */
  readonly allowed: readonly RegExp[];
  readonly siblings: "package" | "folder" | "none";
  readonly rule: string;
}

const nodeModule = /^node:/;
const packageByName = /^@aio\/(?:errors|sync|streams|subprocess)$/;

/** Who may import what. Tools may import anything by its name. */
const areas: readonly Area[] = [
  {
    files: /^packages\/errors\/src\//,
    allowed: [],
    siblings: "folder",
    rule: "@aio/errors imports nothing",
  },
  {
    files: /^packages\/sync\/src\//,
    allowed: [/^@aio\/errors$/],
    siblings: "folder",
    rule: "@aio/sync imports @aio/errors and its own files; it runs where there is no Node",
  },
  {
    files: /^packages\/(?:streams|subprocess)\/src\//,
    allowed: [/^@aio\/errors$/, nodeModule],
    siblings: "folder",
    rule: "it may import @aio/errors, node: and its own files",
  },
  {
    files: /^packages\/[^/]+\/test\//,
    // fast-check plays random programs against a model.
    allowed: [/^@aio\/(?:errors|contract)$/, /^(?:vitest|fast-check)$/, nodeModule],
    siblings: "package",
    rule: "a test imports its own package, @aio/errors, @aio/contract, vitest, fast-check and node:",
  },
  {
    files: /^packages\/[^/]+\/examples\//,
    allowed: [packageByName, nodeModule],
    siblings: "none",
    rule: "an example imports packages by their names and node:, so that it can be pasted",
  },
];

/** Globals that only Node has. `setTimeout` and `console` are everywhere. */
const nodeGlobals = new Set([
  "Buffer",
  "NodeJS",
  "__dirname",
  "__filename",
  "clearImmediate",
  "exports",
  "global",
  "module",
  "process",
  "require",
  "setImmediate",
]);

/** Imports that the table above does not allow, and reaches into another package. */
export function importProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    const own = /^(?:packages|tools)\/[^/]+/.exec(file)?.[0];
    if (own === undefined) continue;
    const area = areas.find(({ files }) => files.test(file));
    const ownName = own.replace(/^packages/, "@aio");
    for (const { specifier, line } of importsOf(file, text)) {
      const add = (what: string, cure: string) => problems.push({ file, line, what, cure });
      if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(file), specifier);
        if (!target.startsWith(`${own}/`)) {
          add(`imports ${target}, a file of another package`, "import the package by its name");
        } else if (area?.siblings === "none") {
          add(`imports ${specifier}`, area.rule);
        } else if (area?.siblings === "folder" && !target.startsWith(`${own}/src/`)) {
          add(`imports ${target}, which is not published`, "move what is needed below src");
        }
      } else if (/^@aio\/[^/]+\/(?!package\.json$)/.test(specifier)) {
        add(`imports ${specifier}`, "import the package by its name: its inside is its own");
      } else if (
        area !== undefined &&
        !area.allowed.some((pattern) => pattern.test(specifier)) &&
        !(area.siblings === "package" && specifier === ownName)
      ) {
        add(`imports ${specifier}`, area.rule);
      }
    }
  }
  return problems;
}

/** Uses of what only Node has in packages that run everywhere. */
export function nodeGlobalProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (!/^packages\/(?:errors|sync)\/src\//.test(file)) continue;
    const source = parse(file, text);
    visit(source, (node) => {
      if (!ts.isIdentifier(node) || !nodeGlobals.has(node.text) || isOwnName(node)) return;
      const line = lineOf(source, node);
      const what = `uses ${node.text}, which only Node has`;
      problems.push({ file, line, what, cure: "this package runs in browsers too: do without it" });
    });
  }
  return problems;
}

/** Files that need each other to be loaded. */
export function cycleProblems(texts: Texts): Problem[] {
  const edges = new Map<string, Map<string, number>>();
  for (const [file, text] of texts) {
    const targets = new Map<string, number>();
    for (const { specifier, line, typeOnly } of importsOf(file, text)) {
      if (typeOnly || !specifier.startsWith(".")) continue;
      targets.set(posix.join(posix.dirname(file), specifier), line);
    }
    edges.set(file, targets);
  }
  const problems: Problem[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (done.has(file)) return;
    for (const [target, line] of edges.get(file) ?? []) {
      const start = [...path, file].indexOf(target);
      if (start === -1) walk(target, [...path, file]);
      else {
        const names = [...path.slice(start), file, target].map((name) => posix.basename(name));
        const what = `imports in a circle: ${names.join(" → ")}`;
        const cure = "move what both need into a file of its own, or import the type only";
        problems.push({ file, line, what, cure });
      }
    }
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  return problems;
}

/** Published dependencies other than @aio/errors. */
export function dependencyProblems(manifests: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const name of packageNames) {
    const file = `packages/${name}/package.json`;
    const manifest = JSON.parse(manifests.get(file) ?? "{}") as Record<string, unknown>;
    const expected = name === "errors" ? {} : { "@aio/errors": "workspace:^" };
    const actual = manifest["dependencies"] ?? {};
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      const what = `has the dependencies ${JSON.stringify(actual)}`;
      problems.push({ file, what, cure: `they are exactly ${JSON.stringify(expected)}` });
    }
    for (const key of ["peerDependencies", "optionalDependencies", "bundledDependencies"]) {
      if (!(key in manifest)) continue;
      problems.push({ file, what: `has ${key}`, cure: "a published package has none" });
    }
  }
  return problems;
}

function importsOf(file: string, text: string): Import[] {
  const source = parse(file, text);
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean) => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    found.push({ specifier: node.text, line: lineOf(source, node), typeOnly });
  };
  visit(source, (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const isRequire = ts.isIdentifier(callee) && callee.text === "require";
      if (callee.kind === ts.SyntaxKind.ImportKeyword || isRequire) add(node.arguments[0], false);
    }
  });
  return found;
}

/** Whether an identifier is the name of a property or a member and so says nothing about globals. */
function isOwnName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    // globalThis.process is the global all the same.
    return parent.name === node && parent.expression.getText() !== "globalThis";
  }
  if (ts.isQualifiedName(parent)) return parent.right === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isGetAccessorDeclaration(parent)) &&
    parent.name === node
  );
}

// Several rules look at the same files.
const parsed = new Map<string, ts.SourceFile>();

function parse(file: string, text: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known?.text === text) return known;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  parsed.set(file, source);
  return source;
}

function visit(node: ts.Node, act: (node: ts.Node) => void): void {
  act(node);
  ts.forEachChild(node, (child) => visit(child, act));
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}
