import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./places.ts";

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

export interface TestOutcome {
  /** Relative to the root of the repository. */
  readonly file: string;
  /** Includes the titles of its suites. */
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly message: string;
}

export interface Outcome {
  readonly tests: readonly TestOutcome[];
  /** What went wrong outside the tests. */
  readonly trouble?: string;
}

// The parts used from the report of Vitest's "json" reporter.
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Run tests, and kill every process of the run if it takes too long. */
export async function outcomeOf(run: Run): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "aio-runtimes-"));
  try {
    const file = join(folder, "report.json");
    const options = ["--reporter=json", `--outputFile=${file}`];
    if (run.without.length > 0) options.push(`--testNamePattern=${allBut(run.without)}`);
    const ended = await ranToEnd(run, options);
    if (!ended) return { tests: [], trouble: `${run.label} did not end in ${run.seconds} seconds` };
    return read(file, run.label);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ranToEnd(run: Run, options: readonly string[]): Promise<boolean> {
  const [program = "", ...args] = [...run.command, ...options];
  // In a separate process group, so that its children can be killed with it.
  const child = spawn(program, args, {
    cwd: root,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, ...run.env, AIO_DIST: "1", NO_COLOR: "1" },
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
  await once(child, "exit");
  clearTimeout(timer);
  process.off("exit", end);
  // Children that a test left behind.
  end();
  return inTime;
}

function read(file: string, label: string): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return { tests: [], trouble: `${label} left no report` };
  }
  const tests: TestOutcome[] = [];
  const unread: string[] = [];
  for (const { name, message, assertionResults } of report.testResults) {
    const path = relative(root, name);
    if (assertionResults.length === 0) unread.push(`${path}: ${message}`);
    for (const { ancestorTitles, title, status, failureMessages } of assertionResults) {
      const state = status === "passed" || status === "failed" ? status : "skipped";
      const fullTitle = [...ancestorTitles, title].join(" > ");
      tests.push({
        file: path,
        title: fullTitle,
        state,
        message: (failureMessages ?? []).join("\n"),
      });
    }
  }
  if (tests.length === 0 && unread.length === 0) unread.push(`${label} has no tests`);
  return unread.length === 0 ? { tests } : { tests, trouble: unread.join("\n") };
}

// Vitest matches against the titles joined by spaces.
function allBut(titles: readonly string[]): string {
  const escaped = titles.map((title) =>
    title.replaceAll(" > ", " ").replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"),
  );
  return `^(?!.*(?:${escaped.join("|")}))`;
}
