import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** What one run of Vitest reports. Paths are as Vitest states them. */
export interface Report {
  readonly tests: readonly ReportedTest[];
  /** What went wrong outside a test: a file that does not load, an uncaught error, a rejection. */
  readonly errors: readonly ReportedError[];
}

export interface ReportedTest {
  readonly file: string;
  /** The titles of its suites, and its own. */
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly message: string;
}

export interface ReportedError {
  /** The file that ran, where Vitest knows it. */
  readonly file: string | undefined;
  readonly message: string;
}

/** Where a run writes its report. */
export const reportVariable = "AIO_RUNTIMES_REPORT";

// Unlike Vitest's own reporter "json", this one also has the errors outside tests. Vitest loads the default
// export of a file.
// oxlint-disable-next-line import/no-default-export
export default class RuntimesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string }[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test): ReportedTest => {
        const { state, errors } = test.result();
        return {
          file: module.moduleId,
          title: test.fullName,
          state: state === "passed" || state === "failed" ? state : "skipped",
          message: (errors ?? []).map(textOf).join("\n"),
        };
      }),
    );
    const ofSuites = modules.flatMap((module) =>
      [module, ...module.children.allSuites()].flatMap((suite) =>
        suite.errors().map((error) => ({ file: module.moduleId, message: textOf(error) })),
      ),
    );
    const others = unhandled.map((error) => {
      const file = (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH;
      return { file, message: textOf(error) };
    });
    const report: Report = { tests, errors: [...ofSuites, ...others] };
    writeFileSync(process.env[reportVariable] ?? "report.json", JSON.stringify(report));
  }
}

function textOf(error: { name?: string; message: string; stack?: string }): string {
  return error.stack?.includes(error.message)
    ? error.stack
    : `${error.name ?? "Error"}: ${error.message}\n${error.stack ?? ""}`;
}
