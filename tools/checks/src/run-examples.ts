import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import type { Told } from "./example-worker.ts";
import { type Example, inPlace, lineIn } from "./examples.ts";
import { type Output, expectationsIn, mismatches } from "./expected-output.ts";
import type { Problem } from "./problem.ts";
import { packageNames, root } from "./repository.ts";

/** The time limit of an example: far more than it needs, for slow machines. */
const patience = 30_000;

const workerSource = new URL("./example-worker.ts", import.meta.url);

/** The compiler options of a strict user. */
const strictConsumer: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  skipLibCheck: false,
  noEmit: true,
};

/** A folder outside the repository with the packages installed and the examples in it. */
export class Playground {
  readonly #folder = mkdtempSync(join(tmpdir(), "aio-examples-"));
  readonly #examples = new Map<string, Example>();

  constructor(examples: readonly Example[]) {
    symlinkSync(join(root, "tools/checks/node_modules"), join(this.#folder, "node_modules"));
    writeFileSync(join(this.#folder, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(this.#folder, "worker.js"),
      withoutTypes(readFileSync(workerSource, "utf8")),
    );
    for (const example of examples) {
      const name = `${example.file.replaceAll(/[^\w-]+/g, "_")}_${example.line}.ts`;
      writeFileSync(join(this.#folder, name), inPlace(example));
      this.#examples.set(join(this.#folder, name), example);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Type errors in the examples and, since library checks are on, in the published declarations. */
  typeProblems(): Problem[] {
    const program = ts.createProgram([...this.#examples.keys()], {
      ...strictConsumer,
      typeRoots: [join(this.#folder, "node_modules/@types")],
    });
    const published = packageNames.map((name) => join(root, `packages/${name}/dist/index.d.ts`));
    const files = [...this.#examples.keys(), ...published];
    return files.flatMap((name) => {
      const source = program.getSourceFile(name);
      if (source === undefined) return [];
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return found.map(({ start = 0, messageText, code }) => ({
        file: this.#examples.get(name)?.file ?? name.slice(root.length),
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        what: `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
        cure: "make the example compile as it stands, imports included, with strict settings",
      }));
    });
  }

  /** Where the examples do something other than their comments say. */
  async outputProblems(): Promise<Problem[]> {
    const waiting = [...this.#examples];
    const worker = join(this.#folder, "worker.js");
    const problems: Problem[] = [];
    const work = async (): Promise<void> => {
      const next = waiting.shift();
      if (next === undefined) return;
      problems.push(...(await run(worker, ...next)));
      await work();
    };
    if (waiting.some(([, { code }]) => code.includes("key.pem"))) makeCertificate(this.#folder);
    const home = process.cwd();
    process.chdir(this.#folder);
    try {
      // Twice as many as processors, since some only wait for their timers.
      await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
    } finally {
      process.chdir(home);
    }
    return problems;
  }
}

/** Run one example, and compare what it prints with its comments. */
async function run(workerFile: string, path: string, example: Example): Promise<Problem[]> {
  const { file, line: start, isProgram } = example;
  const script = path.replace(/\.ts$/, ".js");
  const code = inPlace(example);
  writeFileSync(script, withoutTypes(code));
  const expectations = expectationsIn(code);
  // A block may leave resources open for later blocks; a program must exit.
  const isDone = (outputs: readonly Output[]) =>
    !isProgram && mismatches(expectations, outputs).length === 0;
  const { outputs, failure } = await observe(workerFile, pathToFileURL(script).href, isDone);
  if (failure !== undefined) {
    const { what, line = start, cure = "make the example run as it stands" } = failure;
    return [{ file, line, what, cure }];
  }
  return mismatches(expectations, outputs).map(({ line, expected, printed }) => ({
    file,
    line,
    what: `prints ${printed} where the comment says ${JSON.stringify(expected)}`,
    cure: "correct one of them; an empty line separates a call from an unrelated comment",
  }));
}

/** What a module printed, and why it failed, if it did. */
interface Observation {
  readonly outputs: readonly Output[];
  readonly failure:
    | {
        readonly what: string;
        readonly line?: number | undefined;
        readonly cure?: string;
      }
    | undefined;
}

/**
 * Run a module in a separate thread, where it can neither end nor disturb the others.
 *
 * @param isDone - Whether the thread may end, although the module has left resources open.
 */
async function observe(
  workerFile: string,
  url: string,
  isDone: (outputs: readonly Output[]) => boolean,
): Promise<Observation> {
  const outputs: Output[] = [];
  let isEvaluated = false;
  let failure: Observation["failure"];
  const fail = (reason: string, stack?: string) => {
    failure ??= { what: `fails: ${reason}`, line: lineIn(url, stack) };
  };
  // Without the test process's conditions, so that the example loads the published files.
  const options = { workerData: { url }, execArgv: [], stdout: true, stderr: true };
  const worker = new Worker(workerFile, options);
  const timer = setTimeout(() => {
    failure ??= {
      what: `did not end within ${patience / 1000} s`,
      cure: "close what it opens",
    };
    void worker.terminate();
  }, patience);
  worker.on("message", (told: Told) => {
    if (told.kind === "output") {
      outputs.push({ line: lineIn(url, told.stack) ?? 0, text: told.text });
    } else if (told.kind === "evaluated") {
      isEvaluated = true;
    } else {
      fail(told.message, told.stack);
    }
    // After a failure, whatever the example has opened would keep the thread alive.
    if (failure !== undefined || (isEvaluated && isDone(outputs))) void worker.terminate();
  });
  worker.on("error", (error: unknown) => {
    fail(inspect(error), error instanceof Error ? error.stack : undefined);
  });
  await new Promise((resolve) => worker.on("exit", resolve));
  clearTimeout(timer);
  if (!isEvaluated) {
    failure ??= {
      what: "ends during a wait: nothing keeps the process alive",
      cure: "keep the process alive during the wait; the timer of AbortSignal.timeout does not",
    };
  }
  return { outputs, failure };
}

/** The files that examples of TLS read: a certificate for localhost, which is its own authority. */
function makeCertificate(folder: string): void {
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem";
  const names = "-subj /CN=localhost -addext subjectAltName=DNS:localhost";
  const args = `req -x509 ${key} -out cert.pem -days 2 ${names}`.split(" ");
  execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
}

/** Strips types here, because doing it in each thread would double the time of the run. */
function withoutTypes(code: string): string {
  return stripTypeScriptTypes(code);
}
