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

const workerFile = new URL("./example-worker.ts", import.meta.url);

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
    writeFileSync(join(this.#folder, "worker.js"), withoutTypes(readFileSync(workerFile, "utf8")));
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
    const waiting = [...this.#examples].filter(([, { runs }]) => runs);
    const worker = join(this.#folder, "worker.js");
    const problems: Problem[] = [];
    const work = async (): Promise<void> => {
      const next = waiting.shift();
      if (next === undefined) return;
      problems.push(...(await run(worker, ...next)));
      await work();
    };
    // Twice as many as processors, since some only wait for their timers.
    await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
    return problems;
  }
}

/** Run one example in a separate thread, where it can neither end nor disturb the others. */
async function run(workerPath: string, path: string, example: Example): Promise<Problem[]> {
  const { file, line: start, isProgram } = example;
  const script = path.replace(/\.ts$/, ".js");
  const { href: url } = pathToFileURL(script);
  const code = inPlace(example);
  writeFileSync(script, withoutTypes(code));
  const expectations = expectationsIn(code);
  const outputs: Output[] = [];
  let evaluated = false;
  let failed: Problem | undefined;
  const fail = (what: string, line = start, cure = "make the example run as it stands") => {
    failed ??= { file, line, what, cure };
  };
  // Without the test process's conditions, so that the example loads the published files.
  const options = { workerData: { url }, execArgv: [], stdout: true, stderr: true };
  const worker = new Worker(workerPath, options);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      const what = `did not end within ${patience / 1000} s`;
      fail(what, start, "close what it opens, or mark the block `ts no-run`");
      void worker.terminate();
    }, patience);
    worker.on("message", (told: Told) => {
      if (told.kind === "output") {
        outputs.push({ line: lineIn(url, told.stack) ?? 0, text: told.text });
      }
      if (told.kind === "evaluated") evaluated = true;
      if (told.kind === "failed") {
        fail(`fails: ${told.message}`, lineIn(url, told.stack));
        // Whatever it has opened would keep it alive.
        void worker.terminate();
      }
      // A block may leave resources open for later blocks; a program must exit.
      const met = evaluated && mismatches(expectations, outputs).length === 0;
      if (met && !isProgram) void worker.terminate();
    });
    worker.on("error", (error: unknown) => {
      const stack = error instanceof Error ? error.stack : undefined;
      fail(`fails: ${inspect(error)}`, lineIn(url, stack));
    });
    worker.on("exit", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  if (!evaluated) {
    const what = "ends during a wait: nothing keeps the process alive";
    fail(
      what,
      start,
      "keep the process alive during the wait; the timer of AbortSignal.timeout does not",
    );
  }
  if (failed !== undefined) return [failed];
  return mismatches(expectations, outputs).map(({ line, expected, printed }) => ({
    file,
    line,
    what: `prints ${printed} where the comment says ${JSON.stringify(expected)}`,
    cure: "correct one of them; an empty line separates a call from an unrelated comment",
  }));
}

/** Strips types here, because doing it in each thread would double the time of the run. */
function withoutTypes(code: string): string {
  return stripTypeScriptTypes(code);
}
