/** A place where a rule of the house is broken, and what to do about it. */
export interface Problem {
  readonly file: string;
  readonly line?: number | undefined;
  readonly what: string;
  readonly cure: string;
}

/** Fail with a list of all problems, each with its place and its cure; do nothing if there are none. */
export function assertNone(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, what, cure }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return `${place}  ${what}\n    → ${cure}`;
  });
  const error = new Error(`${problems.length} broken:\n\n${lines.join("\n")}\n`);
  // Where the assertion stands says nothing: the places are in the message.
  error.stack = "";
  throw error;
}
