// The second half of `pnpm rehearse`: the packed packages in typical user projects. Each is compiled with
// the TypeScript versions that users have, and each README's first example runs as pasted.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Files, disposing, erased, generic, mistaken, ordinary } from "./projects.ts";
import { conclude, step } from "./report.ts";
import { attempt, outside, packageNames, pnpm, root, run } from "./run.ts";

const home = mkdtempSync(join(tmpdir(), "aio-consumers-"));
const compilers = ["5.4", "5.7", "5.9", "6", "7"];
const modules = join(home, "node_modules");

try {
  await install();
  const waiting = steps();
  await Promise.all([lane(waiting), lane(waiting)]);
} finally {
  rmSync(home, { recursive: true, force: true });
}
conclude("Consumers");

/** Install the packed packages and Node's types. */
async function install(): Promise<void> {
  await Promise.all(
    packageNames.map(async (name) => {
      const target = join(modules, "@aio", name);
      mkdirSync(target, { recursive: true });
      const folder = join(root, "packages", name);
      const packed = await run(folder, [pnpm, "pack", "--pack-destination", home, "--json"]);
      const { filename } = JSON.parse(packed.slice(packed.indexOf("{"))) as { filename: string };
      await run(home, ["tar", "-xzf", filename, "--strip-components=1", "-C", target]);
    }),
  );
  mkdirSync(join(modules, "@types"));
  symlinkSync(outside("@types/node"), join(modules, "@types/node"));
  // The only parts of Vite that its template needs.
  mkdirSync(join(modules, "vite"));
  writeFileSync(join(modules, "vite/package.json"), '{ "name": "vite" }');
  writeFileSync(join(modules, "vite/client.d.ts"), "");
}

/** The first block of TypeScript in each README. */
function firstExamples(): Files {
  const entries = packageNames.map((name) => {
    const text = readFileSync(join(root, "packages", name, "README.md"), "utf8");
    const [, block = ""] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
    return [`readme-${name}.ts`, block];
  });
  return Object.fromEntries(entries) as Files;
}

function project(name: string, files: Files): string {
  const folder = join(home, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

async function compile(folder: string, version: string): Promise<void> {
  const { code, output } = await attempt(folder, [...tsc(version), "-p", ".", "--pretty", "false"]);
  assert.equal(code, 0, output);
}

function tsc(version: string): [string, ...string[]] {
  return [process.execPath, outside(`ts${version}/bin/tsc`)];
}

type Step = readonly [title: string, run: () => Promise<void>];

function* steps(): Generator<Step> {
  const manifest = { "package.json": '{ "name": "user", "type": "module" }' };
  for (const version of compilers) {
    const isModern = Number(version) >= 5.9;
    yield [
      `a project of tsc --init, TypeScript ${version}`,
      async () => {
        // Earlier versions create a project without modules, which does not support top-level await.
        const first = isModern ? firstExamples() : {};
        const files = {
          ...manifest,
          ...ordinary,
          ...mistaken,
          ...(isModern ? erased : {}),
          ...first,
        };
        const folder = project(`init-${version}`, files);
        await run(folder, [...tsc(version), "--init"]);
        await compile(folder, version);
      },
    ];
    yield [
      `a strict project that checks its libraries, TypeScript ${version}`,
      async () => {
        const options = {
          module: "nodenext",
          target: "es2022",
          lib: ["es2022"],
          types: ["node"],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noPropertyAccessFromIndexSignature: true,
          noUnusedLocals: true,
          noUnusedParameters: true,
          verbatimModuleSyntax: true,
          skipLibCheck: false,
          noEmit: true,
        };
        const tsconfig = JSON.stringify({ compilerOptions: options });
        const all = { ...ordinary, ...mistaken, ...erased, ...generic, ...disposing };
        const files = { ...manifest, ...all, ...firstExamples(), "tsconfig.json": tsconfig };
        await compile(project(`strict-${version}`, files), version);
      },
    ];
    if (!isModern) continue;
    yield [
      `Vite's template vanilla-ts, TypeScript ${version}`,
      async () => {
        const template = readFileSync(
          outside("create-vite/template-vanilla-ts/tsconfig.json"),
          "utf8",
        );
        const sources = Object.entries({ ...disposing, ...erased, ...firstExamples() });
        const inSrc = Object.fromEntries(sources.map(([file, text]) => [`src/${file}`, text]));
        const files = { ...manifest, ...inSrc, "tsconfig.json": template };
        await compile(project(`vite-${version}`, files), version);
      },
    ];
  }
  const examples = Object.entries(firstExamples());
  for (const [file, code] of examples) {
    yield [
      `the ${file.replace(".ts", "")} example as pasted, run by Node 24`,
      async () => {
        const folder = project(`pasted-${file}`, { "package.json": "{}", "main.ts": code });
        await run(folder, [process.execPath, "main.ts"]);
      },
    ];
  }
  yield [
    "the readme examples as compiled for ES2022, run by Node 20.4",
    async () => {
      const folder = project("compiled", { ...manifest, ...firstExamples() });
      const flags = ["--target", "es2022", "--module", "nodenext", "--types", "node"];
      const files = examples.map(([file]) => file);
      await run(folder, [...tsc("6"), ...flags, "--ignoreConfig", ...files]);
      for (const file of files) {
        await run(folder, [outside("node20.4/bin/node"), file.replace(".ts", ".js")]);
      }
    },
  ];
}

/** Run steps one after another, until all lanes together have run every step. */
async function lane(waiting: Iterable<Step>): Promise<void> {
  for (const [title, body] of waiting) await step(title, body);
}
