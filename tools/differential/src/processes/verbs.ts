import { readFileSync, writeFileSync } from "node:fs";
import type { StreamWriter } from "@aio/subprocess";
import { until } from "../scenarios/calls.ts";
import { bytesFor } from "../scenarios/data.ts";
import { shown } from "../scenarios/failure.ts";
import { readingVerbs } from "../scenarios/reading-verbs.ts";
import type { Doing, Verbs } from "../scenarios/verbs.ts";
import { start } from "./start.ts";
import type { World } from "./world.ts";

const block = Buffer.alloc(65_536, "x");

const input = ({ world, name }: Doing<World>): StreamWriter => {
  const { stdin } = world.process(name);
  if (stdin === null) throw new Error(`The stdin of ${name} is not a pipe`);
  return stdin;
};

/** The verbs of processes. python/scenarios/processes.py is the counterpart. */
export const verbs: Verbs<World> = {
  ...readingVerbs,
  start: async (doing) => {
    doing.world.processes.set(doing.name, await start(doing));
  },
  communicate: async ({ world, name, args: [text], signal }) => {
    const data = text === undefined ? null : bytesFor(text);
    const outputs = await world.process(name).communicate(data, { signal });
    return outputs.map((output) => output && shown(output));
  },
  wait: ({ world, name, signal }) => world.process(name).wait({ signal }),
  returncode: ({ world, name }) => world.process(name).returncode,
  exited: ({ world, name }) => until(() => world.process(name).returncode !== null),
  streams: ({ world, name }) => {
    const { stdin, stdout, stderr } = world.process(name);
    return [stdin, stdout, stderr].map((stream) => stream !== null);
  },
  file: ({ world }) => readFileSync(world.setting.file),
  putfile: ({ world, args: [text = ""] }) => writeFileSync(world.setting.file, bytesFor(text)),
  learn: async ({ world, name }) => {
    world.others.set(name, Number(String(await world.reader(name).readline())));
  },
  otherlives: ({ world, name }) => {
    try {
      return process.kill(world.others.get(name) ?? 0, 0);
    } catch {
      return false;
    }
  },
  killother: ({ world, name }) => void process.kill(world.others.get(name) ?? 0, "SIGKILL"),
  lives: ({ world, name }) => world.process(name).returncode === null,

  signal: ({ world, name, args: [which] }) =>
    world
      .process(name)
      .sendSignal(typeof which === "number" ? which : (`SIG${String(which)}` as NodeJS.Signals)),
  terminate: ({ world, name }) => world.process(name).terminate(),
  kill: ({ world, name }) => world.process(name).kill(),

  write: (doing) => {
    for (const chunk of doing.args) input(doing).write(bytesFor(chunk));
  },
  writelines: (doing) => input(doing).writelines(doing.args.map(bytesFor)),
  drain: (doing) => input(doing).drain({ signal: doing.signal }),
  flood: async (doing) => {
    for (;;) {
      input(doing).write(block);
      await input(doing).drain({ signal: doing.signal });
    }
  },
  eof: (doing) => input(doing).writeEof(),
  caneof: (doing) => input(doing).canWriteEof(),
  close: (doing) => input(doing).close(),
  closed: (doing) => input(doing).waitClosed({ signal: doing.signal }),
  isclosing: (doing) => input(doing).isClosing(),
};
