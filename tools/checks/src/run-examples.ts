import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

/** How long an example may take: far more than any needs, so that a slow machine is not blamed. */
const patience = 10_000;

/** What a careful user's tsconfig.json says. */
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

/** A folder outside of the repository in which the packages are installed, and the examples in it. */
export class Playground {
  readonly #folder = mkdtempSync(join(tmpdir(), "aio-examples-"));
  readonly #examples = new Map<string, Example>();

  constructor(examples: readonly Example[]) {
    symlinkSync(join(root, "tools/checks/node_modules"), join(this.#folder, "node_modules"));
    writeFileSync(join(this.#folder, "package.json"), '{ "type": "module" }');
    for (const example of examples) {
      const name = `${example.file.replaceAll(/[^\w-]+/g, "_")}_${example.line}.ts`;
      writeFileSync(join(this.#folder, name), inPlace(example));
      this.#examples.set(join(this.#folder, name), example);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Type errors of the examples, and of the published declarations with the libraries checked. */
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
        cure: "an example compiles as it stands, imports included, with strict settings",
      }));
    });
  }

  /** What the examples do other than their comments say. */
  async outputProblems(): Promise<Problem[]> {
    const waiting = [...this.#examples].filter(([, { runs }]) => runs);
    const problems: Problem[] = [];
    const work = async (): Promise<void> => {
      const next = waiting.shift();
      if (next === undefined) return;
      problems.push(...(await run(...next)));
      await work();
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return problems;
  }
}

/** Run one example in a thread of its own, where it can neither end nor disturb the others. */
async function run(path: string, example: Example): Promise<Problem[]> {
  const { file, line: start, isProgram } = example;
  const { href: url } = pathToFileURL(path);
  const expectations = expectationsIn(inPlace(example));
  const outputs: Output[] = [];
  let evaluated = false;
  let failed: Problem | undefined;
  const fail = (what: string, line = start, cure = "an example runs as it stands") => {
    failed ??= { file, line, what, cure };
  };
  // Not the conditions of the process that tests: the example shall load what is published.
  const options = { workerData: { url }, execArgv: [], stdout: true, stderr: true };
  const worker = new Worker(new URL("./example-worker.ts", import.meta.url), options);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      const what = `has not ended after ${patience / 1000} s`;
      fail(what, start, "close what it opened, or mark the block `ts no-run`");
      void worker.terminate();
    }, patience);
    worker.on("message", (told: Told) => {
      if (told.kind === "output") outputs.push(told);
      if (told.kind === "evaluated") evaluated = true;
      if (told.kind === "failed") {
        fail(`fails: ${told.message}`, told.line);
        // What it had opened by then would keep it alive.
        void worker.terminate();
      }
      // A block may leave open what the text around it goes on with; a program has to end.
      const met = evaluated && mismatches(expectations, outputs).length === 0;
      if (met && !isProgram) void worker.terminate();
    });
    worker.on("error", (error: unknown) => fail(`fails: ${inspect(error)}`, lineIn(url, error)));
    worker.on("exit", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  if (!evaluated) {
    const what = "ends while it still waits: nothing keeps the process alive";
    fail(what, start, "wait for something that does; the timer of AbortSignal.timeout does not");
  }
  if (failed !== undefined) return [failed];
  return mismatches(expectations, outputs).map(({ line, expected, printed }) => ({
    file,
    line,
    what: `prints ${printed} where the comment says ${JSON.stringify(expected)}`,
    cure: "correct one of them; an empty line parts a call from a comment that is none of it",
  }));
}
