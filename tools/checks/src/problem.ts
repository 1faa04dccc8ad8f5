/** A violation of a house rule, and its cure. */
export interface Problem {
  readonly file: string;
  readonly line?: number | undefined;
  readonly what: string;
  readonly cure: string;
}

/** Fail with a list of all problems, each with its place and cure, unless there are none. */
export function assertNone(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, what, cure }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return `${place}  ${what}\n    → ${cure}`;
  });
  const error = new Error(`${problems.length} broken:\n\n${lines.join("\n")}\n`);
  // The stack of this assertion is noise: the message contains the places.
  error.stack = "";
  throw error;
}
