import { asModule, programs } from "./programs.ts";
import { packageNames } from "./run.ts";

/** The files of a user's project, by path. */
export type Files = Readonly<Record<string, string>>;

/** A typical program for each package. */
export const ordinary: Files = Object.fromEntries(
  packageNames.map((name) => [`${name}.ts`, asModule(programs[name])]),
);

/** Mistakes that the compiler finds only if the types are known, and not `any`. */
export const mistaken: Files = {
  "mistakes.ts": `import { Lock } from "@aio/sync";
import { openConnection } from "@aio/streams";
import { PIPE, createSubprocessExec } from "@aio/subprocess";

export async function mistakes(): Promise<unknown[]> {
  const { reader, writer } = await openConnection("127.0.0.1", 80);
  // @ts-expect-error: a line is a Buffer
  const line: number = await reader.readline();
  // @ts-expect-error: a socket has no such method
  writer.socket.noSuchMethod();
  const sort = await createSubprocessExec("sort", [], { stdin: PIPE, stdout: PIPE });
  const [stdout, stderr] = await sort.communicate("b\\na\\n");
  // @ts-expect-error: the output is a Buffer
  const text: number = stdout;
  // @ts-expect-error: stderr is null without a pipe
  const never: Buffer = stderr;
  // @ts-expect-error: a signal is an AbortSignal
  const guard = await new Lock().acquire({ signal: "soon" });
  // @ts-expect-error: a guard is released, not acquired
  guard.acquire();
  return [line, text, never];
}
`,
};

/** Code with `using`, as guards, connections and processes support it. */
export const disposing: Files = {
  "disposing.ts": `import { Lock } from "@aio/sync";
import { openConnection, startServer } from "@aio/streams";
import { createSubprocessExec } from "@aio/subprocess";

export async function dispose(): Promise<void> {
  using _guard = await new Lock().acquire();
  await using _server = await startServer(() => {}, "127.0.0.1", 0);
  await using _connection = await openConnection("127.0.0.1", 80);
  await using _child = await createSubprocessExec("true");
}
`,
};

/** Types must not be importable as values: Node only strips types, so it could not load the code. */
export const erased: Files = {
  "erased.ts": `// @ts-expect-error: Server is a type
import { Server, startServer } from "@aio/streams";
// @ts-expect-error: the reader of a process is a type
import { StreamReader, createSubprocessExec } from "@aio/subprocess";
// @ts-expect-error: a guard is a type
import { Guard, Lock } from "@aio/sync";
// @ts-expect-error: the options of a wait are a type
import { WaitOptions, isCancelled } from "@aio/errors";

export const server: Promise<Server> = startServer(() => {}, "127.0.0.1", 0);
export const used = [createSubprocessExec, Lock, isCancelled];
export type Used = [StreamReader, Guard, WaitOptions];
`,
};

/** Generic code over the packages' types. */
export const generic: Files = {
  "generic.ts": `import type { StreamReader, StreamWriter } from "@aio/streams";
import * as subprocess from "@aio/subprocess";
import { PIPE, type ProcessOf, type SubprocessOptions, createSubprocessExec } from "@aio/subprocess";

/** A wrapper that preserves the types of the options. */
export async function start<const O extends SubprocessOptions>(
  program: string,
  args: readonly string[],
  options: O,
): Promise<ProcessOf<O>> {
  return createSubprocessExec(program, args, options);
}

export async function listed(): Promise<Buffer> {
  const list = await start("ls", ["-l"], { stdout: PIPE });
  const [output] = await list.communicate();
  return output;
}

/** One function for the readers and writers of sockets and of processes. */
export async function pump(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for (let chunk = await reader.read(65_536); chunk.length > 0; chunk = await reader.read(65_536)) {
    writer.write(chunk);
    await writer.drain();
  }
}

export async function relay(reader: StreamReader, writer: StreamWriter): Promise<void> {
  const child = await subprocess.createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
  await Promise.all([pump(reader, child.stdin), pump(child.stdout, writer)]);
}

/** With exactOptionalPropertyTypes, values that may be undefined can be passed on. */
export async function withSignal(signal: AbortSignal | undefined): Promise<void> {
  const child = await createSubprocessExec("true", [], { signal, cwd: undefined });
  await child.wait({ signal });
}
`,
};
