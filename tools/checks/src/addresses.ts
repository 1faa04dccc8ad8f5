import { posix } from "node:path";
import type { Problem } from "./problem.ts";
import type { Texts } from "./repository.ts";

/** The fields of a manifest that contain the repository's address. */
export interface Addressed {
  readonly homepage?: unknown;
  readonly bugs?: unknown;
  readonly repository?: { readonly url?: unknown; readonly directory?: unknown };
}

/** The repository's address, from the root's package.json. */
export function addressOf({ repository }: Addressed): string {
  return String(repository?.url).replace(/^git\+|\.git$/g, "");
}

/** Manifests whose addresses differ from the root's. */
export function manifestProblems(
  root: Addressed,
  manifests: ReadonlyMap<string, Addressed>,
): Problem[] {
  const address = addressOf(root);
  return [...manifests].flatMap(([folder, { homepage, bugs, repository }]) => {
    const expected = {
      homepage: `${address}/tree/main/${folder}#readme`,
      bugs: `${address}/issues`,
      repository: { type: "git", url: `git+${address}.git`, directory: folder },
    };
    const file = `${folder}/package.json`;
    return Object.entries({ homepage, bugs, repository }).flatMap(([key, value]) => {
      const wanted = expected[key as keyof typeof expected];
      if (JSON.stringify(value) === JSON.stringify(wanted)) return [];
      const cure = `to match the root's package.json, set it to ${JSON.stringify(wanted)}`;
      return [{ file, what: `has the ${key} ${JSON.stringify(value)}`, cure }];
    });
  });
}

const link = /\]\(\s*<?([^)\s>]+)|(?:src|href)="([^"]+)"|^\[[^\]]+\]:\s*(\S+)/gm;
const ofRepository =
  /^https:\/\/(?:github\.com|raw\.githubusercontent\.com)(\/[\w.-]+\/[\w.-]+)\/(?:(?:blob|tree|raw)\/)?main\/([^#?]+)/;

/** Broken links in Markdown files, and relative links that would break on a package's npm page. */
export function linkProblems(texts: Texts, files: readonly string[], address: string): Problem[] {
  const has = (path: string) =>
    files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`));
  return [...texts].flatMap(([file, text]) => {
    // Code blocks are blanked, but keep their lines, so that line numbers stay right.
    const prose = text.replaceAll(/^```.*?^```$/gms, (code) => code.replaceAll(/[^\n]/g, ""));
    return [...prose.matchAll(link)].flatMap((match) => {
      const target = match[1] ?? match[2] ?? match[3] ?? "";
      const line = prose.slice(0, match.index).split("\n").length;
      const fault = faultOf(target, file, has, address);
      return fault === undefined ? [] : [{ file, line, ...fault }];
    });
  });
}

function faultOf(
  target: string,
  file: string,
  has: (path: string) => boolean,
  address: string,
): Pick<Problem, "what" | "cure"> | undefined {
  const [, repository, path = ""] = ofRepository.exec(target) ?? [];
  if (repository !== undefined) {
    if (`https://github.com${repository}` !== address) {
      if (!has(path)) return undefined;
      return {
        what: `links to ${repository} for ${path}`,
        cure: `the repository is at ${address}`,
      };
    }
    if (has(path)) return undefined;
    return { what: `links to ${path}, which does not exist`, cure: "correct the path" };
  }
  if (/^(?:[a-z]+:|#|\/\/)/i.test(target)) return undefined;
  const to = posix.join(posix.dirname(file), target.replace(/[#?].*$/, ""));
  const [home] = /^packages\/[^/]+\//.exec(file) ?? [];
  if (home !== undefined && !to.startsWith(`${home}src/`)) {
    const cure = `link to ${address}/blob/main/${to}; of the sources, only src is in the package`;
    return { what: `links to ${target}, which is not in the package`, cure };
  }
  if (has(to)) return undefined;
  return { what: `links to ${target}, which does not exist`, cure: "correct the path" };
}
