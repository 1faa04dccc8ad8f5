import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./places.ts";
import { type Report, reportVariable } from "./reporter.ts";

const reporter = "tools/runtimes/src/reporter.ts";

/** One run of Vitest. */
export interface Run {
  readonly command: readonly string[];
  readonly label: string;
  readonly env: Record<string, string>;
  /** The time limit. */
  readonly seconds: number;
  /** Titles of tests to skip, or parts of them. */
  readonly without: readonly string[];
}

/** A report with file names relative to the root of the repository. */
export interface Outcome extends Report {
  /** Why the report is missing or incomplete. */
  readonly trouble?: string;
}

/** Run tests, and kill every process of the run if it takes too long. */
export async function outcomeOf(run: Run): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "aio-runtimes-"));
  try {
    const file = join(folder, "report.json");
    const options = [`--reporter=${reporter}`];
    if (run.without.length > 0) options.push(`--testNamePattern=${allBut(run.without)}`);
    const code = await exitCodeOf(run, options, { [reportVariable]: file });
    return code === undefined
      ? failure(`${run.label} did not end in ${run.seconds} seconds`)
      : read(file, run.label, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function exitCodeOf(
  run: Run,
  options: readonly string[],
  env: Record<string, string>,
): Promise<number | null | undefined> {
  const [program = "", ...args] = [...run.command, ...options];
  // In a separate process group, so that its children can be killed with it.
  const child = spawn(program, args, {
    cwd: root,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, ...run.env, ...env, AIO_DIST: "1", NO_COLOR: "1" },
  });
  let inTime = true;
  const end = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has already ended.
    }
  };
  const timer = setTimeout(() => {
    inTime = false;
    end();
  }, run.seconds * 1000);
  process.once("exit", end);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(timer);
  process.off("exit", end);
  // Children that a test left behind.
  end();
  return inTime ? code : undefined;
}

function read(file: string, label: string, code: number | null): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return failure(`${label} left no report`);
  }
  const tests = report.tests.map((test) => ({ ...test, file: relative(root, test.file) }));
  const errors = report.errors.map(({ file: path, message }) => ({
    file: path === undefined ? label : relative(root, path),
    message,
  }));
  const found = { tests, errors };
  if (tests.length === 0 && errors.length === 0) {
    return { ...found, trouble: `${label} has no tests` };
  }
  const isRed = errors.length > 0 || tests.some(({ state }) => state === "failed");
  if (code !== 0 && !isRed) return { ...found, trouble: `${label} ended with ${code}` };
  return found;
}

function failure(trouble: string): Outcome {
  return { tests: [], errors: [], trouble };
}

// Vitest matches against the titles joined by spaces.
function allBut(titles: readonly string[]): string {
  const escaped = titles.map((title) =>
    title.replaceAll(" > ", " ").replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"),
  );
  return `^(?!.*(?:${escaped.join("|")}))`;
}
