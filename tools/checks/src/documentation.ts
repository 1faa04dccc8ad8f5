import ts from "typescript";
import type { Problem } from "./problem.ts";
import { type Exported, type PublicApi, placeOf } from "./public-api.ts";

interface Tag {
  readonly name: string;
  readonly text: string;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

interface Comment {
  /** The text before the first empty line or tag. */
  readonly summary: string;
  readonly tags: readonly Tag[];
}

/** The order of the tags. `@remarks` may stand anywhere. */
const order = ["param", "typeParam", "returns", "throws", "example", "see", "defaultValue"];

const abortRule = "@throws {CancelledError} If `signal` aborts first; <what is then true>.";
const timeoutRule =
  "@throws {TimeoutError} Instead of CancelledError, if the signal came from `AbortSignal.timeout()`.";

/**
 * What is missing in the documentation of the public API.
 *
 * @param originals - The asyncio name of each export, which its `@see` must contain.
 */
export function documentationProblems(
  api: PublicApi,
  originals: ReadonlyMap<string, string>,
): Problem[] {
  return api.exported
    .filter(({ isOwn }) => isOwn)
    .flatMap((exported) =>
      [
        exportProblems(api, exported, originals.get(exported.name)),
        memberProblems(api, exported),
      ].flat(),
    );
}

function exportProblems(api: PublicApi, exported: Exported, original?: string): Problem[] {
  return partsOf(exported.declarations).flatMap((part) =>
    partProblems(api, exported, part, original),
  );
}

function partProblems(
  api: PublicApi,
  { name, symbol }: Exported,
  part: readonly ts.Declaration[],
  original?: string,
): Problem[] {
  const [node] = part;
  if (node === undefined) return [];
  const place = placeOf(node);
  const comment = commentOf(part);
  if (comment === undefined) {
    const cure = "say in one sentence what it is, above its declaration";
    return [{ ...place, what: `${name} has no documentation`, cure }];
  }
  const problems: Problem[] = [];
  const add = (what: string, cure: string) => problems.push({ ...place, what, cure });
  if (!/[.?]$/.test(comment.summary)) {
    add(`the summary of ${name} is not a sentence`, "begin with one that ends with a full stop");
  }
  problems.push(...tagOrderProblems(name, comment, place));
  if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Function)) !== 0) {
    if (/[.?]\s+[A-Z`{]/.test(comment.summary.replaceAll(/\b(?:e\.g|i\.e|etc)\./g, ""))) {
      add(`the summary of ${name} is more than a sentence`, "put an empty line behind the first");
    }
    const examples = comment.tags.filter((tag) => tag.name === "example");
    if (examples.length === 0) add(`${name} has no @example`, "add one, with a title");
    for (const { text } of examples) {
      const [title = ""] = text.split("\n");
      if (title.trim() === "" || title.startsWith("```")) {
        add(`an @example of ${name} has no title`, "say on the tag's line what it shows");
      }
      if (!/^```ts\b/m.test(text)) {
        add(`an @example of ${name} has no block of TypeScript`, "fence it with ```ts");
      }
    }
  }
  const sees = comment.tags.filter((tag) => tag.name === "see").map((tag) => tag.text);
  if (original !== undefined && !sees.some((text) => text.includes(original))) {
    add(`${name} does not say what it follows`, `end its comment with @see ${original}`);
  }
  if (ts.isFunctionDeclaration(node)) problems.push(...waitProblems(api, name, node, comment));
  return problems;
}

function memberProblems(api: PublicApi, exported: Exported): Problem[] {
  const { checker } = api;
  const { name, declarations } = exported;
  const problems: Problem[] = [];
  // The fields of a plain record may speak for themselves; options and methods must be documented.
  const isRecord =
    !name.endsWith("Options") &&
    declarations.every((node) => ts.isInterfaceDeclaration(node) && node.members.every(isField)) &&
    declarations.some((node) => ts.isInterfaceDeclaration(node) && node.members.length > 0);
  for (const member of isRecord ? [] : membersOf(api, exported)) {
    const label = `${name}.${member.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]")}`;
    const parts = partsOf(member.declarations ?? []);
    // The compiler also finds inherited documentation, so an override need not repeat it.
    const inherits = parts.length === 1 && member.getDocumentationComment(checker).length > 0;
    for (const part of parts) {
      const node = part.find(isPublicMember);
      if (node === undefined) continue;
      const place = placeOf(node);
      const add = (what: string, cure: string) => problems.push({ ...place, what, cure });
      const comment = commentOf(part);
      if (comment === undefined) {
        if (!inherits) add(`${label} has no documentation`, "say what it does, or means, above it");
        continue;
      }
      if (!/[.?]$/.test(comment.summary)) {
        add(
          `the summary of ${label} is not a sentence`,
          "begin with one that ends with a full stop",
        );
      }
      problems.push(...tagOrderProblems(label, comment, place));
      const isOption = name.endsWith("Options") && ts.isPropertySignature(node);
      if (!isOption) problems.push(...waitProblems(api, label, node, comment));
      else if (
        node.questionToken &&
        !comment.tags.some(({ name: tag }) => tag === "defaultValue")
      ) {
        add(`${label} does not say what its default is`, "end its comment with @defaultValue");
      }
    }
  }
  return problems;
}

/**
 * The members of an export that users see, each once: its own, static ones, and those of a base class
 * that is not exported itself.
 */
function membersOf(api: PublicApi, { symbol, from }: Exported): ts.Symbol[] {
  const { checker } = api;
  const instance = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
  const properties =
    instance === 0 ? [] : checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  const elsewhere = new Set(
    api.exported.flatMap((other) => (other.symbol === symbol ? [] : other.declarations)),
  );
  return [...properties, ...(symbol.exports?.values() ?? [])].filter((member) =>
    member.declarations?.some(
      (node) =>
        placeOf(node).file.startsWith(`packages/${from}/`) &&
        !elsewhere.has(node.parent as ts.Declaration),
    ),
  );
}

/**
 * A call that returns a promise and takes a signal must document the state after an abort, and that the
 * error can be a TimeoutError.
 */
function waitProblems(
  { checker }: PublicApi,
  label: string,
  node: ts.Declaration,
  { tags }: Comment,
): Problem[] {
  // The type of an overload has the signatures of the others too.
  const signatures = isCall(node)
    ? [checker.getSignatureFromDeclaration(node)]
    : checker.getTypeAtLocation(node).getCallSignatures();
  const waits = signatures.some((signature) => {
    const takesSignal = signature?.parameters.some((parameter) => {
      const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, node));
      return type.getProperty("signal") !== undefined;
    });
    return takesSignal && signature?.getReturnType().getProperty("then") !== undefined;
  });
  if (!waits) return [];
  const place = placeOf(node);
  const throws = tags.filter((tag) => tag.name === "throws").map((tag) => tag.text);
  const problems: Problem[] = [];
  const says = /^\{CancelledError\} If `?(?:options\.)?signal`? aborts first; \S/;
  if (!throws.some((text) => says.test(text))) {
    const what = `${label} does not say what is true after an abort`;
    problems.push({ ...place, what, cure: abortRule });
  }
  if (!throws.some((text) => text.startsWith("{TimeoutError} ")) && !isSaidByClass(node)) {
    const what = `${label} does not say that a signal can time out`;
    problems.push({ ...place, what, cure: timeoutRule });
  }
  return problems;
}

/** Whether the comment of a class, before its tags, says for all calls that they can time out. */
function isSaidByClass({ parent }: ts.Declaration): boolean {
  if (!ts.isClassDeclaration(parent)) return false;
  const [comment] = ts.getJSDocCommentsAndTags(parent);
  const [prose = ""] = comment?.getText().split(/^\s*\* @/m) ?? [];
  return prose.includes("TimeoutError");
}

function tagOrderProblems(label: string, { tags }: Comment, place: Place): Problem[] {
  const ranks = tags.map(({ name }) => order.indexOf(name)).filter((rank) => rank !== -1);
  if (ranks.every((rank, index) => rank >= (ranks[index - 1] ?? 0))) return [];
  const cure = order.map((name) => `@${name}`).join(", ");
  return [{ ...place, what: `the tags of ${label} are out of order`, cure: `sort them: ${cure}` }];
}

function isField(node: ts.Node): boolean {
  return ts.isPropertySignature(node) && !(node.type && ts.isFunctionTypeNode(node.type));
}

/** Whether users see a member of a class or interface, including those named by a symbol of Node. */
function isPublicMember(node: ts.Declaration): boolean {
  const isMember =
    ts.isMethodDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertySignature(node);
  if (!isMember || ts.isPrivateIdentifier(node.name)) return false;
  // Declared for the compiler only; the comment of the class covers it.
  const isDeclared = ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient;
  if (ts.isPropertyDeclaration(node) && isDeclared !== 0) return false;
  // Users do not call what tools use to display an object.
  return !/inspect|toStringTag|hasInstance|^prototype$/.test(node.name.getText());
}

/**
 * The declarations that share one comment: each overload has its own, and the implementation of the
 * overloads has none. The declarations of anything else share one.
 */
function partsOf(declarations: readonly ts.Declaration[]): (readonly ts.Declaration[])[] {
  if (declarations.length === 1 || !declarations.every(isCall)) return [declarations];
  return declarations.filter((node) => !("body" in node && node.body)).map((node) => [node]);
}

function isCall(
  node: ts.Declaration,
): node is ts.FunctionDeclaration | ts.MethodDeclaration | ts.MethodSignature {
  return (
    ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node)
  );
}

function commentOf(declarations: readonly ts.Declaration[]): Comment | undefined {
  const blocks = declarations.flatMap((node) =>
    ts.getJSDocCommentsAndTags(node).filter((found) => ts.isJSDoc(found)),
  );
  if (blocks.length === 0) return undefined;
  const lines = blocks.flatMap((block) =>
    block
      .getText()
      .replace(/\*\/$/, "")
      .split("\n")
      .map((line) => line.replace(/^\s*\/?\*+ ?/, "").trimEnd()),
  );
  const tags: { name: string; text: string }[] = [];
  const summary: string[] = [];
  let isFenced = false;
  let inSummary = true;
  for (const line of lines) {
    const [, name, text = ""] = isFenced ? [] : (/^@(\w+) ?(.*)$/.exec(line) ?? []);
    if (line.startsWith("```")) isFenced = !isFenced;
    const tag = tags.at(-1);
    if (name !== undefined) tags.push({ name, text });
    else if (tag !== undefined) tag.text += `\n${line}`;
    else if (line === "" && summary.length > 0) inSummary = false;
    else if (inSummary && line !== "") summary.push(line);
  }
  return { summary: summary.join(" "), tags };
}
