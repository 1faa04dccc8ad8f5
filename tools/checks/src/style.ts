import { posix } from "node:path";
import ts from "typescript";
import type { Problem } from "./problem.ts";
import type { Texts } from "./repository.ts";

const longestSource = 250;
const longestTest = 400;
const namelessFolders = new Set(["lib", "utils", "common", "helpers", "internal", "types"]);

/** Files that are too long, or are not named for what they hold. */
export function fileProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (!/^(?:packages|tools)\//.test(file)) continue;
    const add = (what: string, cure: string) => problems.push({ file, what, cure });
    const folder = file.split("/").find((part) => namelessFolders.has(part));
    if (folder !== undefined) add(`lies in a folder called ${folder}`, "name the concept");
    if (!/\.[cm]?[jt]s$/.test(file)) continue;
    const name = posix.basename(file);
    if (!/^[a-z\d]+(?:-[a-z\d]+)*(?:\.[a-z]+)*\.[cm]?[jt]s$/.test(name)) {
      add(`${name} is not in kebab-case`, "name it for its export, as in wait-queue.ts");
    }
    const limit = file.includes("/test/") ? longestTest : longestSource;
    const code = text.replaceAll(/^\s*(?:\/\*\*[^]*?\*\/|\/\/.*|)\n/gm, "");
    const lines = code.trimEnd().split("\n").length;
    if (lines > limit)
      add(`has ${lines} lines of code`, `split it by concept: ${limit} is the most`);
  }
  return problems;
}

/** Forms of TypeScript that are not used here. */
export function syntaxProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (!/\.[cm]?ts$/.test(file)) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
    const visit = (node: ts.Node): void => {
      const found = forbidden(node, file);
      if (found !== undefined) {
        const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
        problems.push({ file, line, what: found[0], cure: found[1] });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return problems;
}

function forbidden(node: ts.Node, file: string): [what: string, cure: string] | undefined {
  if (ts.isExportDeclaration(node) && node.exportClause === undefined) {
    return ["exports everything", "list the names: index.ts is the table of contents"];
  }
  if (ts.isExportAssignment(node) || hasModifier(node, ts.SyntaxKind.DefaultKeyword)) {
    return file.endsWith(".config.ts") ? undefined : ["has a default export", "export it by name"];
  }
  if (ts.isEnumDeclaration(node)) return ["has an enum", "use a union of strings"];
  if (ts.isModuleDeclaration(node) && node.name.text !== "global") {
    return ["has a namespace", "a module is one already"];
  }
  if (ts.isDecorator(node)) return ["has a decorator", "call a function"];
  // A constructor has no other way to be private.
  if (hasModifier(node, ts.SyntaxKind.PrivateKeyword) && !ts.isConstructorDeclaration(node)) {
    return ["has a private member for the compiler alone", "write #name"];
  }
  if (ts.isClassElement(node) && node.name?.getText().startsWith("_") === true) {
    return [`has a member ${node.name.getText()}`, "write #name"];
  }
  return undefined;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false;
}

// What finds these words has to name them.
const thisCheck = /^tools\/checks\/(?:src\/style|test\/style\.test)\.ts$/;
const unfinished = /(?:\/\/|\/\*|^\s*[*#]|<!--).*\b(?:TODO|FIXME|XXX)\b/;
const machinePath = /(?:^|[\s"'(=:`])\/(?:work|root|home\/\w+|Users\/\w+)\//;
const packageHost = /https?:\/\/(?:[\w-]+\.)*(?:registry|nexus|artifactory)[\w-]*[.:/]/;
const addressHost = /https?:\/\/(?!127\.|0\.0\.0\.0|192\.0\.2\.)\d+\.\d+\.\d+\.\d+/;
const onlyOne = /\b(?:describe|it|test)(?:\.\w+)*\.only\b/;
const notRun = /\b(?:describe|it|test)(?:\.\w+)*\.(?:skip|todo|fails)\b/;

/** Lines that were left behind, or say something of the machine that they were written on. */
export function lineProblems(texts: Texts): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (thisCheck.test(file)) continue;
    const lines = text.split("\n");
    for (const [index, content] of lines.entries()) {
      const line = index + 1;
      const add = (what: string, cure: string) => problems.push({ file, line, what, cure });
      if (unfinished.test(content) && !/#\d+/.test(content)) {
        add("is a reminder that nobody looks after", "do it, or name the issue, as in (#12)");
      }
      if (machinePath.test(content)) add("has a path of one machine", "say it from the root");
      if (packageHost.test(content) || addressHost.test(content)) {
        add("names a host that others do not have", "leave it to the user's settings");
      }
      if (!file.endsWith(".test.ts")) continue;
      if (onlyOne.test(content)) add("keeps all other tests from running", "delete .only");
      if (notRun.test(content) && !/\/\//.test(`${lines[index - 1]}${content}`)) {
        add("is a test that does not run and gives no reason", "give it in a comment above");
      }
    }
  }
  return problems;
}

/** The share of lines that are comments other than documentation, from 0 to 1. */
export function commentShare(texts: Texts): number {
  const lines = [...texts.values()].flatMap((text) => text.trimEnd().split("\n"));
  return lines.filter((line) => /^\s*\/\//.test(line)).length / Math.max(lines.length, 1);
}
