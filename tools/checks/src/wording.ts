import type { Problem } from "./problem.ts";
import type { Texts } from "./repository.ts";

/** A phrase or a piece of code to avoid, and what to write instead. */
export interface Wording {
  readonly pattern: RegExp;
  readonly what: string;
  readonly cure: string;
  /** The files that it applies to; all by default. */
  readonly files?: RegExp;
}

// This check contains the phrases that it looks for.
const thisCheck = /^tools\/checks\/(?:src|test)\/wording/;

/** Lines that match a pattern. */
export function wordingProblems(texts: Texts, wordings: readonly Wording[]): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    if (thisCheck.test(file)) continue;
    const here = wordings.filter(({ files }) => files === undefined || files.test(file));
    for (const [index, content] of text.split("\n").entries()) {
      for (const { pattern, what, cure } of here) {
        const [found] = pattern.exec(content) ?? [];
        if (found === undefined) continue;
        problems.push({ file, line: index + 1, what: `${what}: ${found.trim()}`, cure });
      }
    }
  }
  return problems;
}

/** Reminders, traces of one machine, and code for which the linters have no rule. */
export const leftovers: readonly Wording[] = [
  {
    pattern: /(?:\/\/|\/\*|^\s*[*#]|<!--).*\b(?:TODO|FIXME|XXX)\b(?!.*#\d)/,
    what: "is a reminder that nobody tracks",
    cure: "do it, or name the issue, as in (#12)",
  },
  {
    pattern: /(?:^|[\s"'(=:`])\/(?:work|root|home\/\w+|Users\/\w+)\//,
    what: "contains a path of one machine",
    cure: "use a path from the root",
  },
  {
    pattern: /https?:\/\/(?:[\w-]+\.)*(?:registry|nexus|artifactory)[\w-]*[.:/]/,
    what: "names a host that others do not have",
    cure: "leave it to the user's settings",
  },
  {
    pattern: /https?:\/\/(?!127\.|0\.0\.0\.0|192\.0\.2\.)\d+\.\d+\.\d+\.\d+/,
    what: "names a host that others do not have",
    cure: "leave it to the user's settings",
  },
  {
    files: /\.ts$/,
    pattern: /^export \* from/,
    what: "exports everything",
    cure: "list the names: index.ts is the table of contents",
  },
  {
    files: /\.ts$/,
    pattern: /^\s*private (?!constructor)/,
    what: "has a member that only the compiler keeps private",
    cure: "write #name",
  },
];

/** Phrases that a native writer would not use. */
export const phrases: readonly Wording[] = [
  {
    pattern: /\b(?:[Hh]e|[Hh]is|[Hh]im|[Hh]imself|[Ss]he)\b/,
    what: "makes a person of a caller",
    cure: "a caller, a waiter or a task is it or they",
  },
  {
    pattern:
      /(?<!\b(?:those|people|users?|developers?|readers?|programmers?|maintainers?|newcomers?|anyone|everyone|someone|contributors?) )\b(?:[Ww]ho|[Ww]hoever)\b(?! wakes)/,
    what: "has who or whoever as its subject",
    cure: "name it: a caller that ..., the task that ...",
  },
  {
    pattern:
      /(?<!\b[Tt]here )\b(?:is|are|was|were|be) no (?!longer|more|less|fewer|later|earlier|different|other|better|worse|larger|smaller)/,
    what: "negates the noun",
    cure: "negate the verb: is not an AbortSignal, does not have ...",
  },
  {
    pattern: /\bhad (?:by|from|of) none\b|\b(?:to|cannot|can) be had\b/,
    what: "is archaic",
    cure: "is available, is not supported",
  },
  { pattern: /\b[Ii]n its place, if\b/, what: "is inverted", cure: "Instead of X, if ..." },
  {
    pattern: /\bgo(?:es|ing)? on below TLS\b/i,
    what: "is not a standard term",
    cure: "upgrade the connection to TLS",
  },
  {
    pattern: /\b(?:of|from) (?:yours|theirs|ours|its own accord)\b/,
    what: "is archaic",
    cure: "your handler, its handler",
  },
  {
    pattern: /\bin vain\b/,
    what: "is archaic",
    cure: "without effect, for nothing; or say what happens",
  },
  {
    pattern: /\b[Tt]ime-outs?\b/,
    what: "is not the term of the platform",
    cure: "timeout",
  },
  {
    pattern: /\bpipes? of the (?:operating )?system\b/i,
    what: "is not the term",
    cure: "operating system pipe",
  },
  {
    files: /^(?:packages|README|CONTRIBUTING|\.changeset)/,
    pattern: /\bturns? of the (?:event )?loop\b/i,
    what: "is not the term",
    cure: "event-loop turn",
  },
  { pattern: /\bany more\b/, what: "is two words", cure: "no longer, anymore" },
  {
    pattern: /(?<!")\b(?:somebody|nobody)\b/i,
    what: "makes a person of a caller",
    cure: "a caller, no caller, nothing",
  },
  {
    pattern: /^#+ (?:What there is|Giving up|Who .*)$/,
    what: "is not what a reader looks for",
    cure: "API, Cancellation",
  },
  {
    pattern:
      /\b(?:licence|behaviour|honour|colour|signall(?:ed|ing)|cancell?ation(?:s)? is asked)\b/i,
    what: "is not American English",
    cure: "license, behavior, color",
  },
];
