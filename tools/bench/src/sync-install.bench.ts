import { bundledBytes, coldImportOf } from "./install.ts";
import { type Contender, scenario } from "./scenario.ts";

const subject = "@aio/sync";
const peers = [
  "async-mutex",
  "async-sema",
  "@henrygd/semaphore",
  "es-toolkit",
  "p-limit",
  "superlock",
];

export const coldImport = coldImportOf(subject, [subject, ...peers]);

/** The growth of a bundle for one class, if a program imports nothing else from the package. */
function bundled(what: string, imports: Readonly<Record<string, string>>) {
  const contenders = Object.entries(imports).map(([name, code]): [string, Contender] => [
    name,
    () => bundledBytes(code),
  ]);
  return scenario({
    title: `Size of ${what} in a bundle`,
    unit: "bytes",
    subject,
    rounds: 1,
    warmUps: 0,
    note: "Bundled and minified by esbuild, compressed by gzip, dependencies included. async-sema is left out, since it needs Node's events.",
    contenders: Object.fromEntries(contenders),
  });
}

const all = "Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore";

export const bundledLock = bundled("a lock", {
  "@aio/sync": 'import { Lock as used } from "@aio/sync";',
  "@aio/sync, all of it": `import { ${all} } from "@aio/sync"; const used = [${all}];`,
  "async-mutex": 'import { Mutex as used } from "async-mutex";',
  "es-toolkit": 'import { Mutex as used } from "es-toolkit";',
  superlock: 'import { createLock as used } from "superlock";',
});

export const bundledSemaphore = bundled("a semaphore", {
  "@aio/sync": 'import { Semaphore as used } from "@aio/sync";',
  "async-mutex": 'import { Semaphore as used } from "async-mutex";',
  "@henrygd/semaphore": 'import { getSemaphore as used } from "@henrygd/semaphore";',
  "es-toolkit": 'import { Semaphore as used } from "es-toolkit";',
  "p-limit": 'import used from "p-limit";',
});

export const bundledEvent = bundled("an event", {
  "@aio/sync": 'import { Event as used } from "@aio/sync";',
  "@aio/sync, all of it": `import { ${all} } from "@aio/sync"; const used = [${all}];`,
});
