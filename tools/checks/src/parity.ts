import ts from "typescript";
import type { AsyncioName, Difference } from "./asyncio-names.ts";
import { asyncioNames, differences as allDifferences } from "./asyncio-names.ts";
import type { Problem } from "./problem.ts";
import type { Exported, PublicApi } from "./public-api.ts";
import { instanceTypeOf, placeOf, valueTypeOf } from "./public-api.ts";

/**
 * One name with its owner: `Lock`, `Lock.acquire()`, `Barrier.parties`, and for a parameter
 * `StreamReader.read(n)` or `Semaphore(value)`.
 */
interface FlatName {
  readonly text: string;
  readonly entry: AsyncioName;
  readonly member: string | undefined;
  readonly kind: "export" | "method" | "attribute" | "parameter";
  /** The last part, in Python's spelling. */
  readonly name: string;
  /** The position of a parameter. */
  readonly index: number;
}

/** All names of the table, one by one. */
export function flatNames(entries: readonly AsyncioName[] = asyncioNames): FlatName[] {
  const flat: FlatName[] = [];
  for (const entry of entries) {
    const { name: owner } = entry;
    const add = (text: string, kind: FlatName["kind"], name: string, member?: string, index = 0) =>
      flat.push({ text, entry, member, kind, name, index });
    add(owner, "export", owner);
    for (const name of wordsOf(entry.parameters)) add(`${owner}(${name})`, "parameter", name);
    for (const method of wordsOf(entry.methods)) {
      const [, member = "", list = ""] = /^(\w+)\((.*)\)$/.exec(method) ?? [];
      add(`${owner}.${member}()`, "method", member);
      for (const [index, name] of wordsOf(list.replaceAll(",", " ")).entries()) {
        add(`${owner}.${member}(${name})`, "parameter", name, member, index);
      }
    }
    for (const name of [...wordsOf(entry.attributes), ...wordsOf(entry.ownAttributes)]) {
      add(`${owner}.${name}`, "attribute", name);
    }
  }
  return flat;
}

export function wordsOf(text = ""): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** The only rule for names: fold underscores. */
export function camelCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The asyncio name of each export, which its documentation must link to. */
export function originals(): Map<string, string> {
  const named = asyncioNames.map(({ name, module }) => {
    return [camelCase(name), module === "builtins" ? name : `${module}.${name}`] as const;
  });
  return new Map(named);
}

/** Compare the packages' exports with asyncio's names. */
export function parityProblems(
  api: PublicApi,
  names: readonly FlatName[] = flatNames(),
  differences: readonly Difference[] = allDifferences,
): Problem[] {
  const problems: Problem[] = [];
  const unused = new Set(differences);
  for (const flat of names) {
    const { text, entry, name } = flat;
    const difference = differences.find((each) => each.names.test(text));
    if (difference !== undefined) unused.delete(difference);
    const isLeftOut = difference !== undefined && difference.here === undefined;
    const here = difference?.here ?? camelCase(name);
    const exported = api.exported.find(
      (each) => each.from === entry.in && each.name === camelCase(entry.name),
    );
    const has = exported !== undefined && isThere(api, exported, flat, here);
    const [node] = exported?.declarations ?? [];
    const place =
      node === undefined ? { file: `packages/${entry.in}/src/index.ts` } : placeOf(node);
    if (isLeftOut && has) {
      const what = `${text} exists, but the table of differences leaves it out`;
      problems.push({
        ...place,
        what,
        cure: "delete the difference from tools/checks/src/asyncio-names.ts",
      });
    } else if (!isLeftOut && !has) {
      const what = `asyncio's ${text} is missing as ${here}`;
      const cure = "add it, or add a difference with a reason to asyncio-names.ts";
      problems.push({ ...place, what, cure });
    }
  }
  for (const { names: pattern } of unused) {
    const file = "tools/checks/src/asyncio-names.ts";
    problems.push({ file, what: `no name matches ${pattern}`, cure: "delete it" });
  }
  return problems;
}

/** Whether an export has a member or parameter of that name. */
function isThere(api: PublicApi, exported: Exported, flat: FlatName, here: string): boolean {
  const { kind, member } = flat;
  if (kind === "export") return true;
  const { checker } = api;
  const instance = instanceTypeOf(api, exported);
  const typeOf = (name: string): ts.Type | undefined => {
    const property = instance?.getProperty(name);
    return property === undefined ? undefined : checker.getTypeOfSymbol(property);
  };
  if (kind === "method") return isCallable(typeOf(here) ?? checker.getVoidType());
  if (kind === "attribute") {
    const type = typeOf(here);
    if (type === undefined) return false;
    // Python sets a condition's acquire, locked and release on each instance; here they are methods.
    return flat.entry.name === "Condition" || !isCallable(type);
  }
  const callee = member === undefined ? valueTypeOf(api, exported) : typeOf(camelCase(member));
  if (callee === undefined) return false;
  const signatures = [...callee.getCallSignatures(), ...callee.getConstructSignatures()].filter(
    ({ declaration }) =>
      declaration === undefined ||
      (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) === 0,
  );
  const [declaration] = exported.declarations;
  return signatures.some((signature) =>
    signature.parameters.some((parameter, index) => {
      // Callers do not see the name of a positional parameter, so it only has to exist.
      const isInPlace = member !== undefined && index === flat.index;
      if (parameter.name === here || (isInPlace && parameter.name !== "options")) return true;
      if (declaration === undefined) return false;
      const type = checker.getTypeOfSymbolAtLocation(parameter, declaration);
      const parts = type.isUnion() ? type.types : [type];
      return parts.some((part) => part.getProperty(here) !== undefined);
    }),
  );
}

function isCallable(type: ts.Type): boolean {
  return type.getCallSignatures().length > 0;
}
